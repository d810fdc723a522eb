import type { FeatureTable } from '../domain/features.ts';
import type { PersonAttributes } from '../domain/people.ts';
import { DAY_MS, formatDay, weekday } from '../domain/time.ts';
import { FEATURES } from '../features/catalogue.ts';
import { type FeatureDatabase, numbers, tokens } from '../features/ports.ts';
import { TOUCH_KINDS } from '../features/types.ts';
import { createMatrix } from '../numeric/matrix.ts';
import type { BehaviourWindow, PeerInput, SparseRows } from '../peers/ports.ts';

/** Gathers what peers are learned from: the days [fromDay, toDay] of everybody in the table. */

/** Novelty fades and rhythm has its own block; the rest says what somebody does. */
const VOLUME_COLUMNS = FEATURES.flatMap(({ family }, index) =>
  family === 'novelty' || family === 'rhythm' ? [] : [index],
);
export const VOLUME_LABELS = VOLUME_COLUMNS.map((index) => FEATURES[index]!.name);
const RESOURCE_KINDS = ['target', 'scope', 'web_host', 'program', 'device'] as const;

/** Resources touched in a span of days, as sparse counts per person. One read serves every window. */
export interface TouchTable {
  person: Int32Array;
  day: Int32Array;
  resource: Int32Array;
  count: Float32Array;
  resources: number;
}

export async function readTouches(
  db: FeatureDatabase,
  table: FeatureTable,
  fromDay: number,
  toDay: number,
): Promise<TouchTable> {
  const kinds = RESOURCE_KINDS.map((kind) => TOUCH_KINDS.indexOf(kind)).join(', ');
  // Things only one person touches say nothing of who resembles whom.
  const columns = await db.columns(`SELECT t.person AS person, CAST(t.day AS DOUBLE) AS day,
      CAST(r.resource AS DOUBLE) AS resource, CAST(t.n AS DOUBLE) AS n
    FROM touch t JOIN (
      SELECT kind, token, row_number() OVER (ORDER BY kind, token) - 1 AS resource FROM touch
      WHERE day BETWEEN ${fromDay} AND ${toDay} AND kind IN (${kinds})
      GROUP BY kind, token HAVING count(DISTINCT person) > 1
    ) r USING (kind, token)
    WHERE t.day BETWEEN ${fromDay} AND ${toDay} ORDER BY t.person, r.resource, t.day`);
  const resource = Int32Array.from(numbers(columns, 'resource'));
  return {
    person: positionsOf(tokens(columns, 'person'), table.people),
    day: Int32Array.from(numbers(columns, 'day')),
    resource,
    count: Float32Array.from(numbers(columns, 'n')),
    resources: resource.reduce((most, index) => Math.max(most, index + 1), 0),
  };
}

/** Position of each owner among the people; both ascending. -1 for somebody who is not among them. */
function positionsOf(owners: BigInt64Array, people: BigInt64Array): Int32Array {
  const out = new Int32Array(owners.length);
  let at = 0;
  for (let i = 0; i < owners.length; i++) {
    while (at < people.length && people[at]! < owners[i]!) at++;
    out[i] = people[at] === owners[i] ? at : -1;
  }
  return out;
}

function sparseWindow(
  touches: TouchTable,
  people: number,
  fromDay: number,
  toDay: number,
  since: Int32Array | undefined,
): SparseRows {
  const offsets = new Int32Array(people + 1);
  const indices = new Int32Array(touches.person.length);
  const counts = new Float32Array(touches.person.length);
  let at = 0;
  let end = 0;
  for (let person = 0; person < people; person++) {
    const first = Math.max(fromDay, since?.[person] ?? fromDay);
    while (at < touches.person.length && touches.person[at]! < person) at++;
    for (; at < touches.person.length && touches.person[at] === person; at++) {
      const day = touches.day[at]!;
      if (day < first || day > toDay) continue;
      if (end > offsets[person]! && indices[end - 1] === touches.resource[at]) counts[end - 1]! += touches.count[at]!;
      else {
        indices[end] = touches.resource[at]!;
        counts[end++] = touches.count[at]!;
      }
    }
    offsets[person + 1] = end;
  }
  return { columns: touches.resources, offsets, indices: indices.slice(0, end), counts: counts.slice(0, end) };
}

function behaviourWindow(
  table: FeatureTable,
  touches: TouchTable,
  fromDay: number,
  toDay: number,
  since: Int32Array | undefined,
): BehaviourWindow & { activeDays: Float64Array } {
  const people = table.people.length;
  const volumes = createMatrix(people, VOLUME_COLUMNS.length);
  const rhythm = createMatrix(people, 168);
  const activeDays = new Float64Array(people);
  const width = FEATURES.length;
  for (let row = 0; row < table.day.length; row++) {
    const day = table.day[row]!;
    if (day < fromDay || day > toDay) continue;
    const person = table.person[row]!;
    if (since && day < since[person]!) continue;
    activeDays[person]! += 1;
    for (const [index, column] of VOLUME_COLUMNS.entries())
      volumes.data[person * VOLUME_COLUMNS.length + index]! += Math.log1p(table.values[row * width + column]!);
    for (let hour = 0; hour < 24; hour++)
      rhythm.data[person * 168 + weekday(day) * 24 + hour]! += Math.log1p(table.hours[row * 24 + hour]!);
  }
  for (let person = 0; person < people; person++) {
    for (let index = 0; index < VOLUME_COLUMNS.length; index++)
      volumes.data[person * VOLUME_COLUMNS.length + index]! /= activeDays[person]! || Number.NaN;
  }
  return { volumes, rhythm, resources: sparseWindow(touches, people, fromDay, toDay, since), activeDays };
}

/** Attributes as they hold on a day. */
export function attributesOn(history: readonly PersonAttributes[], day: number): PersonAttributes | undefined {
  const text = formatDay(day);
  return history.findLast(({ fromDay }) => fromDay <= text) ?? history[0];
}

export interface PeerInputOptions {
  day: number;
  windowDays: number;
  seed: number;
  minimumSize: number;
  /** Per person of the table: pseudonym and HR attributes by date. */
  people: readonly string[];
  attributes: readonly (readonly PersonAttributes[])[];
  /** First day that describes each person: of somebody who has changed place, the days since. */
  since?: Int32Array;
}

export function buildPeerInput(table: FeatureTable, touches: TouchTable, options: PeerInputOptions): PeerInput {
  const { day, windowDays } = options;
  const window = behaviourWindow(table, touches, day - windowDays + 1, day, options.since);
  const now = options.attributes.map((history) => attributesOn(history, day));
  const changes = options.attributes.flatMap((history, person) => {
    const present = now[person];
    const index = present ? history.indexOf(present) : -1;
    const before = index > 0 ? history[index - 1] : undefined;
    const same =
      before &&
      present &&
      before.role === present.role &&
      before.department === present.department &&
      before.team === present.team;
    return present && before && !same ? [{ person, day: Date.parse(present.fromDay) / DAY_MS, before }] : [];
  });
  return {
    ...window,
    day,
    people: options.people,
    volumeLabels: VOLUME_LABELS,
    attributes: now,
    attributeChanges: changes,
    seed: options.seed,
    minimumSize: options.minimumSize,
  };
}
