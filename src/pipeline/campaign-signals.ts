import { LEAST_NATS } from '../campaigns/follow-person.ts';
import type { KnownChange, PersonLink, Signal, StageSignal } from '../campaigns/ports.ts';
import { describeCell } from '../detect/explain.ts';
import type { PersonDayScores } from '../detect/person-days.ts';
import type { FeatureInfo, FeatureTable, Stage } from '../domain/features.ts';
import type { PersonAttributes } from '../domain/people.ts';
import { parseDay } from '../domain/time.ts';
import { type FeatureDatabase, numbers, tokens } from '../features/ports.ts';
import { TOUCH_KINDS } from '../features/types.ts';

/** What scored person-days say, for campaigns. */

/** One signal for every person-day with evidence worth adding up, as it stands by itself, without what earlier days add. */
export function gatherSignals(
  table: FeatureTable,
  features: readonly FeatureInfo[],
  scores: PersonDayScores,
): Signal[] {
  const signals: Signal[] = [];
  for (const [row, total] of scores.total.entries()) {
    const nats = total / scores.recurrence[row]!;
    if (!(nats > LEAST_NATS)) continue;
    signals.push({
      person: table.person[row]!,
      day: table.day[row]!,
      nats,
      stages: stagesOf(table, features, scores, row),
    });
  }
  return signals;
}

function stagesOf(
  table: FeatureTable,
  features: readonly FeatureInfo[],
  scores: PersonDayScores,
  row: number,
): StageSignal[] {
  const contributions = scores.contributions(row);
  const total = contributions.reduce((sum, { nats }) => sum + nats, 0);
  const stages = new Map<Stage, StageSignal>();
  // Strongest first: the first figure of a stage is the one that is told.
  for (const { feature, cell, nats } of contributions) {
    const info = features[feature]!;
    const known = stages.get(info.stage);
    if (known) known.share += nats / total;
    else {
      const value = table.values[row * features.length + feature]!;
      const text = describeCell(info, scores.cells[feature]!, cell, value);
      stages.set(info.stage, { stage: info.stage, share: nats / total, text });
    }
  }
  return [...stages.values()].sort((a, b) => b.share - a.share || (a.stage < b.stage ? -1 : 1));
}

/** Most people who use a computer that is still somebody's own. */
const OWN_DEVICE_USERS = 3;

/** First uses of computers that so far were somebody else's. */
export async function readLinks(
  database: FeatureDatabase,
  people: BigInt64Array,
  fromDay: number,
  toDay: number,
): Promise<PersonLink[]> {
  const kind = TOUCH_KINDS.indexOf('device');
  const columns =
    await database.columns(`SELECT f.person AS visitor, o.person AS owner, CAST(f.first_day AS DOUBLE) AS day
    FROM first_touch f JOIN (
      SELECT token, arg_min(person, (first_day, person)) AS person, min(first_day) AS first_day FROM first_touch
      WHERE kind = ${kind} GROUP BY token
    ) o ON o.token = f.token AND o.first_day < f.first_day
    WHERE f.kind = ${kind} AND f.earlier_people BETWEEN 1 AND ${OWN_DEVICE_USERS}
      AND f.first_day BETWEEN ${fromDay} AND ${toDay} AND f.person <> o.person
    ORDER BY visitor, owner, day`);
  const rowOf = new Map(Array.from(people, (token, row) => [token, row] as const));
  const [visitors, owners, days] = [tokens(columns, 'visitor'), tokens(columns, 'owner'), numbers(columns, 'day')];
  const links: PersonLink[] = [];
  for (const [index, day] of days.entries()) {
    const [visitor, owner] = [rowOf.get(visitors[index]!), rowOf.get(owners[index]!)];
    if (visitor !== undefined && owner !== undefined) links.push({ visitor, owner, day });
  }
  return links;
}

/** Days from which a person's place or duties were others, as HR has them. */
export const changesOf = (attributes: readonly (readonly PersonAttributes[])[]): KnownChange[] =>
  attributes.flatMap((entries, person) =>
    entries.slice(1).flatMap((entry, index) => {
      const before = entries[index]!;
      const isOther =
        entry.role !== before.role || entry.department !== before.department || entry.team !== before.team;
      const day = parseDay(entry.fromDay);
      return isOther && day !== undefined ? [{ person, day }] : [];
    }),
  );
