import { z } from 'zod';
import { QRadarError } from './errors.ts';
import { cutText, id, instant, optional } from './fields.ts';
import { noteMarker, readMarker, splitNote } from './note-text.ts';
import { apiPath } from './paths.ts';
import type { Requester } from './requester.ts';
import { backOffMs, DEFAULT_RETRY } from './retry.ts';
import { createSemaphore, type Semaphore } from './semaphore.ts';

const NoteRecord = z
  .object({ id, create_time: instant, username: optional(cutText(500)), note_text: cutText(10_000) })
  .transform(({ id, create_time, username, note_text }) => ({
    id,
    createdMs: create_time,
    username: username ?? '',
    text: note_text,
  }));
export type Note = z.output<typeof NoteRecord>;

export interface PostedNote {
  /** Ids of the notes that carry the text, in order. */
  noteIds: number[];
  /** How many of them were there already. */
  found: number;
}

export interface Notes {
  list(offenseId: number, signal?: AbortSignal): Promise<Note[]>;
  /**
   * Puts a finding's text on an offense, once: parts that are there already, told by the finding id at their beginning, are
   * not posted again, also when a reply was lost. Two processes that post the same finding at the same moment are not kept
   * apart by the console: the caller owns the finding.
   */
  post(offenseId: number, findingId: string, text: string, signal?: AbortSignal): Promise<PostedNote>;
}

const ATTEMPTS = 4;
const MAX_NOTES = 20_000;

export interface NotesOptions {
  /** A request whose reply was lost may still be at work on the console: wait before looking. */
  settleMs?: number;
}

export function createNotes(requester: Requester, { settleMs = 5000 }: NotesOptions = {}): Notes {
  const { timing } = requester;
  const turns = new Map<number, { turn: Semaphore; users: number }>();

  const list = (offenseId: number, signal?: AbortSignal): Promise<Note[]> =>
    requester.list(
      {
        path: apiPath`/siem/offenses/${offenseId}/notes`,
        query: { fields: 'id,create_time,username,note_text' },
        signal,
      },
      NoteRecord,
      { maxItems: MAX_NOTES },
    );

  /** One note, with the promise above. */
  async function postPart(offenseId: number, marker: string, text: string, signal?: AbortSignal): Promise<number> {
    for (let failed = 1; ; failed++) {
      try {
        const path = apiPath`/siem/offenses/${offenseId}/notes`;
        return (await requester.call({ method: 'POST', path, query: { note_text: text }, signal }, NoteRecord)).body.id;
      } catch (error) {
        // A reply that cannot be read does not say that nothing was written.
        const isUnclear = error instanceof QRadarError && (error.retryable || error.code === 'QRADAR_REPLY_INVALID');
        if (!isUnclear || failed >= ATTEMPTS) throw error;
        if ((error.retryAfterMs ?? 0) > DEFAULT_RETRY.maxRetryAfterMs) throw error;
        const waitMs = Math.max(settleMs, backOffMs(failed, DEFAULT_RETRY, timing.random(), error.retryAfterMs));
        await timing.sleep(waitMs, signal);
        const found = (await list(offenseId, signal)).find((note) => note.text.startsWith(marker));
        if (found) return found.id;
      }
    }
  }

  async function post(offenseId: number, findingId: string, text: string, signal?: AbortSignal): Promise<PostedNote> {
    const parts = splitNote(text, findingId);
    const present = await list(offenseId, signal);
    const complete = completeSet(present, findingId);
    if (complete) return { noteIds: complete, found: complete.length };
    const noteIds: number[] = [];
    let found = 0;
    for (const [index, part] of parts.entries()) {
      const marker = noteMarker(findingId, index + 1, parts.length);
      const known = present.find((note) => note.text.startsWith(marker));
      if (known) found += 1;
      noteIds.push(known?.id ?? (await postPart(offenseId, marker, part, signal)));
    }
    return { noteIds, found };
  }

  return {
    list,
    /** One at a time for an offense, so that two callers here cannot both find nothing and post. */
    async post(offenseId, findingId, text, signal) {
      const entry = turns.get(offenseId) ?? { turn: createSemaphore(() => 1), users: 0 };
      turns.set(offenseId, entry);
      entry.users += 1;
      try {
        const release = await entry.turn.acquire(signal);
        try {
          return await post(offenseId, findingId, text, signal);
        } finally {
          release();
        }
      } finally {
        entry.users -= 1;
        if (entry.users === 0) turns.delete(offenseId);
      }
    },
  };
}

/** Ids of the notes of a finding when all its parts are there, however the text was split then. */
function completeSet(notes: readonly Note[], findingId: string): number[] | undefined {
  const byParts = new Map<number, Map<number, number>>();
  for (const note of notes) {
    const marker = readMarker(note.text, findingId);
    if (!marker) continue;
    const set = byParts.get(marker.parts) ?? new Map<number, number>();
    byParts.set(marker.parts, set.set(marker.part, set.get(marker.part) ?? note.id));
  }
  for (const [parts, set] of byParts) {
    const ids = Array.from({ length: parts }, (_, i) => set.get(i + 1));
    if (parts > 0 && ids.every((id) => id !== undefined)) return ids;
  }
  return undefined;
}
