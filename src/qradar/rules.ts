import { z } from 'zod';
import { id, instant, name, optional } from './fields.ts';
import { equals, within } from './filter.ts';
import type { Requester } from './requester.ts';

const Contribution = z
  .object({
    rule_id: id,
    rule_name: optional(name),
    rule_type: optional(name),
    event_count: optional(z.number()),
    first_event: optional(instant),
    last_event: optional(instant),
  })
  .transform((raw) => ({
    ruleId: raw.rule_id,
    ruleName: raw.rule_name ?? '',
    ruleType: raw.rule_type,
    eventCount: raw.event_count ?? 0,
    firstEventMs: raw.first_event,
    lastEventMs: raw.last_event,
  }));
/** What one rule put into one offense, and when. */
export type RuleContribution = z.output<typeof Contribution>;

const RuleName = z.object({ id, name });
const RuleSwitch = z.object({ id, name, enabled: optional(z.boolean()) });
const RULES_AT_ONCE = 100;

export interface Rules {
  contributions(offenseId: number, signal?: AbortSignal): Promise<RuleContribution[]>;
  /** Names by rule id; rules that are gone are left out. */
  names(ruleIds: readonly number[], signal?: AbortSignal): Promise<Map<number, string>>;
  /** A rule by its name; `undefined`: there is none. */
  find(ruleName: string, signal?: AbortSignal): Promise<{ id: number; isEnabled: boolean } | undefined>;
}

export function createRules(requester: Requester): Rules {
  return {
    contributions: (offenseId, signal) =>
      requester.list(
        {
          path: '/analytics/rules_offense_contributions',
          query: { filter: equals('offense_id', offenseId).text },
          signal,
        },
        Contribution,
      ),
    async names(ruleIds, signal) {
      const names = new Map<number, string>();
      const wanted = [...new Set(ruleIds)];
      for (let from = 0; from < wanted.length; from += RULES_AT_ONCE) {
        const filter = within('id', wanted.slice(from, from + RULES_AT_ONCE)).text;
        const request = { path: '/analytics/rules', query: { filter, fields: 'id,name' }, signal };
        for (const rule of await requester.list(request, RuleName)) names.set(rule.id, rule.name);
      }
      return names;
    },
    async find(ruleName, signal) {
      const query = { filter: equals('name', ruleName).text, fields: 'id,name,enabled' };
      const all = await requester.list({ path: '/analytics/rules', query, signal }, RuleSwitch);
      const found = all.find((rule) => rule.name === ruleName);
      return found && { id: found.id, isEnabled: found.enabled ?? true };
    },
  };
}
