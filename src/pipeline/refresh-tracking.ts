import { AppError } from '../domain/errors.ts';
import type { DirectoryRecord } from '../domain/ingest.ts';
import type { Tracking, UntrackedEntry } from '../identity/tracking.ts';
import type { ContextConsole, ContextStore, ForgottenCounts } from './context-ports.ts';
import { CONTEXT_KINDS, itemKey, type PartReader } from './context-state.ts';
import { loadTracking, type NameSources, NOT_TRACKED_PART } from './load-tracking.ts';

/** The set of UBA. It is read and never written. */
const USERS_NOT_TRACKED = 'UBA : Users Not Tracked';

/** What became of what was stored about people who are not tracked. */
export type Removal =
  /** Nothing to remove. */
  | { state: 'none' }
  | ({ state: 'done' } & ForgottenCounts)
  /** Records are being stored just now; the next refresh removes it. */
  | { state: 'waits' };

/**
 * Reads the list and stores it. A set that is gone after it held names is a failure, not an empty list.
 * @param domains names by id
 */
export async function readNotTracked(
  console: Pick<ContextConsole, 'sets'>,
  store: ContextStore,
  reader: PartReader,
  domains: ReadonlyMap<number, string>,
  options: { nowMs: number; signal?: AbortSignal },
): Promise<void> {
  const known = await store.context.read(CONTEXT_KINDS.notTracked);
  const wasRead = reader.states.get(NOT_TRACKED_PART)?.lastReadMs !== undefined;
  const loss = wasRead
    ? 'people listed since then are still read'
    : 'nothing is read from live sources until the list was read once';
  const entries = await reader.attempt(NOT_TRACKED_PART, loss, async () => {
    const found = await console.sets.read(USERS_NOT_TRACKED, options.signal);
    if (found === undefined && known.length > 0)
      throw new AppError('QRADAR_NOT_FOUND', `the reference set "${USERS_NOT_TRACKED}" is gone`);
    return found ?? [];
  });
  if (!entries) return;
  const bodies = entries.map(({ value, domainId }): UntrackedEntry => {
    // Meant for one domain only when that is known for sure.
    const domain = domainId ? domains.get(domainId) : undefined;
    return domain ? { domain, account: value } : { account: value };
  });
  const items = bodies.map((body) => [itemKey(body.domain ?? '', body.account), body] as const);
  await store.context.replace(CONTEXT_KINDS.notTracked, items, options.nowMs);
  reader.done(NOT_TRACKED_PART, items.length);
}

/** Who is tracked now. Accounts found to belong to listed people are stored, so that they stay out once the people are forgotten. */
export async function refreshTracking(
  store: ContextStore,
  sources: NameSources & { tables: readonly DirectoryRecord[] },
  nowMs: number,
): Promise<Tracking> {
  const directory = [...(sources.directory ?? []), ...sources.tables];
  const tracking = await loadTracking(store, { ...sources, directory });
  if (tracking.isKnown) {
    const items = tracking.linked.map((one) => [itemKey(one.domain ?? '*', one.account.toLowerCase()), one] as const);
    await store.context.replace(CONTEXT_KINDS.notTrackedAccount, items, nowMs);
  }
  return tracking;
}

/** Removes what is stored about people who are not tracked. Looks at everything only when the list is another one. */
export async function removeUntracked(store: ContextStore, tracking: Tracking, nowMs: number): Promise<Removal> {
  if (!tracking.isKnown) return { state: 'none' };
  const list = [...tracking.entries, ...tracking.linked].map((one) => itemKey(one.domain ?? '*', one.account)).sort();
  const [before] = await store.context.read(CONTEXT_KINDS.removed);
  const isSame = JSON.stringify(before?.body ?? []) === JSON.stringify(list);
  const isGone = (domain: string, account: string) => !tracking.isTracked(domain, account);
  const sighted = isSame && (await store.tracking.knownAccounts()).some((one) => isGone(one.domain, one.account));
  if (isSame && !sighted) return { state: 'none' };
  let counts: ForgottenCounts;
  try {
    counts = await store.forgetPeople({ isGone, isNamedIn: (text) => tracking.isNamedIn(text) });
  } catch (error) {
    if (error instanceof AppError && error.code === 'DATA_BUSY') return { state: 'waits' };
    throw error;
  }
  await store.context.replace(CONTEXT_KINDS.removed, list.length === 0 ? [] : [['list', list]], nowMs);
  return { state: 'done', ...counts };
}
