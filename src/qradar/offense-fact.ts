import { domainName, type OffenseFact, type OffenseRule } from '../domain/context.ts';
import { type Offense, USERNAME_OFFENSE } from './offenses.ts';
import type { RuleContribution } from './rules.ts';
import { isUbaOffense } from './sense.ts';

/** What is known of an offense beside itself; each may be missing. */
export interface OffenseContext {
  /** Names of domains by id. */
  domains?: ReadonlyMap<number, string>;
  /** Names of rules by id. */
  ruleNames?: ReadonlyMap<number, string>;
  contributions?: readonly RuleContribution[];
}

/** The state of an offense as it is kept. `undefined` when the console does not tell when it stored it. */
export function toOffenseFact(offense: Offense, context: OffenseContext = {}): OffenseFact | undefined {
  const { domains, ruleNames, contributions } = context;
  if (offense.lastPersistedMs === undefined) return undefined;
  const rules: OffenseRule[] = contributions?.length
    ? contributions.map(({ ruleId, ruleName, eventCount, firstEventMs, lastEventMs }) => ({
        ruleId,
        name: ruleName || (ruleNames?.get(ruleId) ?? ''),
        eventCount,
        firstEventMs,
        lastEventMs,
      }))
    : offense.ruleIds.map((ruleId) => ({ ruleId, name: ruleNames?.get(ruleId) ?? '', eventCount: 0 }));
  return {
    id: offense.id,
    domain: domainName(offense.domainId, domains?.get(offense.domainId ?? 0)),
    account: offense.type === USERNAME_OFFENSE ? offense.source : '',
    isUba: isUbaOffense(
      offense,
      rules.map(({ name }) => name),
    ),
    status: offense.status,
    startMs: offense.startMs,
    lastEventMs: offense.lastEventMs,
    persistedMs: offense.lastPersistedMs,
    closeMs: offense.closeMs,
    closingReasonId: offense.closingReasonId,
    description: offense.description,
    magnitude: offense.magnitude,
    eventCount: offense.eventCount,
    rules,
  };
}
