import type { NotePort } from '../writeback/ports.ts';
import type { NoteClaims } from './note-claims.ts';
import type { Note, Notes } from './notes.ts';

const FIRST_NOTE = /^\[undercurrent f-[0-9a-f]{16} \d{1,2}\/\d{1,2}\]/;

/** First notes through the notes of offenses: looked for, claimed, looked for again, then posted. */
export function createFirstNotes(notes: Notes, claims: NoteClaims, instanceId: () => Promise<string>): NotePort {
  const find = async (offenseId: number, signal?: AbortSignal): Promise<number[] | undefined> => {
    const found = (await notes.list(offenseId, signal)).filter(isFirstNote).map(({ id }) => id);
    return found.length > 0 ? found : undefined;
  };
  return {
    find,
    async post(offenseId, finding, text, signal) {
      const before = await find(offenseId, signal);
      if (before) {
        // Of a process that died after posting.
        await claims.release(finding, signal);
        return { kind: 'posted', noteIds: before, isFound: true };
      }
      const claim = await claims.take(finding, await instanceId(), signal);
      if (claim === 'theirs') return { kind: 'claimed-elsewhere' };
      const { noteIds, found } = await notes.post(offenseId, finding, text, signal);
      if (claim === 'ours') await claims.release(finding, signal);
      return { kind: 'posted', noteIds, isFound: found === noteIds.length };
    },
  };
}

/** Of any instance, under whatever address it knows the console. */
const isFirstNote = ({ text }: Note): boolean => FIRST_NOTE.test(text);
