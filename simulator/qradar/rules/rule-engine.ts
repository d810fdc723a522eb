import type { Normalised } from '../intake/normalise.ts';
import { contribute } from '../state/offenses.ts';
import type { State } from '../state/state.ts';
import { type CustomRule, createCustomRules } from './custom-rule.ts';

/** Runs the custom rules over each event before it is stored, and raises or extends offenses. */
export class RuleEngine {
  readonly #state: State;
  readonly #rules: readonly CustomRule[];
  constructor(state: State) {
    this.#state = state;
    this.#rules = createCustomRules(state.rules.values());
  }

  /** Marks the event with the rules that fired and the offense it became part of. */
  apply(event: Normalised, nowMs: number): void {
    const { row, source, classified, username } = event;
    for (const rule of this.#rules) {
      // A disabled rule keeps its memory, so that it works as soon as it is enabled.
      const fires = rule.test(event);
      if (!fires || !this.#state.rules.get(rule.id)?.enabled) continue;
      row.creeventlist = [...(row.creeventlist as number[]), rule.id];
      if (username === null) continue;
      const offense = contribute(this.#state, {
        rule,
        username,
        domainId: source.domainId,
        timeMs: row.starttime as number,
        nowMs,
        eventName: classified.qid.name,
        category: this.#state.lowCategories.get(classified.qid.low_level_category_id)?.name ?? 'Unknown',
        severity: row.severity as number,
        credibility: row.credibility as number,
        logSource: {
          id: source.record.id,
          name: source.record.name,
          type_id: source.record.type_id,
          type_name: source.typeName,
        },
        sourceIp: row.sourceip as string,
        destinationIp: row.destinationip as string,
      });
      row.hasoffense = true;
      if (!(row.offenses as number[]).includes(offense.id)) row.offenses = [...row.offenses, offense.id];
    }
  }
}
