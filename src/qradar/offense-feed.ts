import { z } from 'zod';
import type { OffenseFact } from '../domain/context.ts';
import { hasCode } from './errors.ts';
import type { Inventory } from './inventory.ts';
import { toOffenseFact } from './offense-fact.ts';
import { type Offense, type Offenses, USERNAME_OFFENSE } from './offenses.ts';
import { pollOffenses, startCursor } from './poll-offenses.ts';
import type { Rules } from './rules.ts';

export interface FeedOptions {
  pageSize: number;
  /** Where a first start begins, by `last_persisted_time`. */
  startMs(): number;
  now(): number;
}

export interface FeedPage {
  offenses: OffenseFact[];
  cursor: object;
  hasMore: boolean;
}

const Cursor = z.object({
  sinceMs: z.int().min(0),
  seen: z.array(z.tuple([z.int(), z.int()])).max(100_000),
});

/** Names are asked for again after this long: rules and domains get renamed, rights get granted. */
const NAMES_FOR_MS = 3_600_000;

/** Changes of offenses as facts: whether UBA raised them, which rules contributed, the name of their domain. */
export function createOffenseFeed(
  qradar: { offenses: Pick<Offenses, 'changedSince'>; rules: Rules; inventory: Pick<Inventory, 'domains'> },
  options: FeedOptions,
): (cursor: unknown, signal?: AbortSignal) => Promise<FeedPage> {
  const names = new Map<number, string>();
  let domains = new Map<number, string>();
  let forgetAtMs = Number.NEGATIVE_INFINITY;

  async function refreshNames(signal?: AbortSignal): Promise<void> {
    if (options.now() < forgetAtMs) return;
    domains = new Map((await optional(() => qradar.inventory.domains(signal), [])).map(({ id, name }) => [id, name]));
    names.clear();
    forgetAtMs = options.now() + NAMES_FOR_MS;
  }

  async function learnNames(offenses: readonly Offense[], signal?: AbortSignal): Promise<void> {
    const ids = offenses.filter(isAboutUser).flatMap(({ ruleIds }) => ruleIds);
    const unknown = [...new Set(ids)].filter((id) => !names.has(id));
    if (unknown.length === 0) return;
    const found = await optional(() => qradar.rules.names(unknown, signal), new Map<number, string>());
    for (const id of unknown) names.set(id, found.get(id) ?? '');
  }

  /** What each rule added is asked of open offenses of UBA only: the others get no note. */
  async function describe(offense: Offense, signal?: AbortSignal): Promise<OffenseFact[]> {
    const context = { domains, ruleNames: names };
    const fact = toOffenseFact(offense, context);
    if (!fact?.isUba || fact.status === 'CLOSED') return fact ? [fact] : [];
    const contributions = await optional(() => qradar.rules.contributions(offense.id, signal), []);
    return [toOffenseFact(offense, { ...context, contributions }) ?? fact];
  }

  return async function readChanges(cursor, signal) {
    const known = Cursor.safeParse(cursor);
    const from = known.success ? known.data : startCursor(Math.max(0, options.startMs()));
    const page = await pollOffenses(qradar.offenses, from, {
      pageSize: options.pageSize,
      ...(signal ? { signal } : {}),
    });
    await refreshNames(signal);
    await learnNames(page.offenses, signal);
    const offenses: OffenseFact[] = [];
    for (const offense of page.offenses) offenses.push(...(await describe(offense, signal)));
    return { offenses, cursor: page.cursor, hasMore: page.hasMore };
  };
}

const isAboutUser = ({ type }: Offense): boolean => type === USERNAME_OFFENSE;

/** What the token may not ask is not known; any other failure is one. */
async function optional<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (hasCode(error, 'QRADAR_FORBIDDEN', 'QRADAR_NOT_FOUND', 'QRADAR_REJECTED')) return otherwise;
    throw error;
  }
}
