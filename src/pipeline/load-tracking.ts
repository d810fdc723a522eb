import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AliasRow } from '../domain/people.ts';
import { createTracking, type LinkedAccount, type Tracking, type UntrackedEntry } from '../identity/tracking.ts';
import type { ContextStore } from './context-ports.ts';
import { CONTEXT_KINDS, readPartStates } from './context-state.ts';

/** Name of the part that reads the list. */
export const NOT_TRACKED_PART = 'users not tracked';

/** What else says which names belong to one person. */
export interface NameSources {
  /** The aliases file. */
  aliases?: readonly AliasRow[];
  /** Directory entries that are not stored, as from `identity.referenceTables`. */
  directory?: readonly DirectoryRecord[];
}

/** Who is tracked by what was read last, without asking the console: holds at start, and while the console is away. */
export async function loadTracking(
  store: Pick<ContextStore, 'context' | 'tracking'>,
  sources: NameSources = {},
): Promise<Tracking> {
  const wasRead = (await readPartStates(store)).get(NOT_TRACKED_PART)?.lastReadMs !== undefined;
  const entries = wasRead ? await readEntries(store) : undefined;
  const directory = [...(await store.tracking.directory()), ...(sources.directory ?? [])];
  return createTracking(entries, await store.tracking.links(), {
    sameNames: [...namesOf(directory), ...(sources.aliases ?? []).map(({ account, alias }) => [account, alias])],
    remembered: await readLinked(store),
  });
}

const readEntries = async (store: Pick<ContextStore, 'context'>): Promise<UntrackedEntry[]> =>
  (await store.context.read(CONTEXT_KINDS.notTracked)).map(({ body }) => body as UntrackedEntry);

const readLinked = async (store: Pick<ContextStore, 'context'>): Promise<LinkedAccount[]> =>
  (await store.context.read(CONTEXT_KINDS.notTrackedAccount)).map(({ body }) => body as LinkedAccount);

/** The names of each person of a directory. */
function namesOf(directory: readonly DirectoryRecord[]): string[][] {
  const names = new Map<string, Set<string>>();
  for (const { account, email, aliases } of directory) {
    const known = names.get(account.toLowerCase()) ?? new Set();
    for (const name of [account, email, ...aliases]) if (name !== '') known.add(name);
    names.set(account.toLowerCase(), known);
  }
  return [...names.values()].map((set) => [...set]);
}
