import type { FeatureTable } from '../src/domain/features.ts';
import type { PersonAttributes } from '../src/domain/people.ts';
import { FEATURES } from '../src/features/catalogue.ts';
import { createRandom } from '../src/numeric/random.ts';
import type { TouchTable } from '../src/pipeline/peer-input.ts';
import type { PeerCompany } from './peer-company.ts';

/** Share of people from which a resource counts as the whole company's: every site has it in common. */
const COMMON = 0.2;
/** Standard deviations, natural logarithm: of a person's own level, and of a single figure. */
const PERSON_SPREAD = 0.25;
const FIGURE_SPREAD = 0.2;
const LEFT_OUT = 0.1;

export interface Inflated {
  table: FeatureTable;
  touches: TouchTable;
  dayOff: Uint8Array;
  people: string[];
  attributes: PersonAttributes[][];
}

/** A company of many sites, each like the given one: every person has the days of somebody of the base, at a level of
 * their own, every figure jittered, a tenth of what they touch left out. What few people of the base touch exists at
 * every site apart; teams and departments too, roles are the same everywhere. */
export function inflateCompany(base: PeerCompany, people: number, seed: number): Inflated {
  const random = createRandom(seed);
  const known = base.people.length;
  const width = FEATURES.length;
  const rowStart = starts(base.table.person, known);
  const touchStart = starts(base.touches.person, known);
  const common = commonResources(base.touches, known);
  const sources = Int32Array.from({ length: people }, (_, person) => person % known);
  const rows = sources.reduce((sum, source) => sum + rowStart[source + 1]! - rowStart[source]!, 0);
  const most = sources.reduce((sum, source) => sum + touchStart[source + 1]! - touchStart[source]!, 0);
  const table: FeatureTable = {
    people: BigInt64Array.from({ length: people }, (_, person) => BigInt(person + 1)),
    person: new Int32Array(rows),
    day: new Int32Array(rows),
    values: new Float64Array(rows * width),
    hours: new Float64Array(rows * 24),
    moves: new Float64Array(rows * 24),
  };
  const dayOff = new Uint8Array(rows);
  const touched = { person: new Int32Array(most), day: new Int32Array(most), resource: new Int32Array(most) };
  const count = new Float32Array(most);
  let [row, touch] = [0, 0];
  for (let person = 0; person < people; person++) {
    const source = sources[person]!;
    const site = Math.floor(person / known);
    const level = Math.exp(PERSON_SPREAD * random.normal());
    for (let from = rowStart[source]!; from < rowStart[source + 1]!; from++, row++) {
      table.person[row] = person;
      table.day[row] = base.table.day[from]!;
      dayOff[row] = base.dayOff[from]!;
      for (let f = 0; f < width; f++) {
        const value = base.table.values[from * width + f]!;
        const jittered = value > 0 ? value * level * Math.exp(FIGURE_SPREAD * random.normal()) : value;
        table.values[row * width + f] = value > 0 ? Math.max(value < 1 ? 0 : 1, Math.round(jittered)) : value;
      }
      table.hours.set(base.table.hours.subarray(from * 24, from * 24 + 24), row * 24);
      table.moves.set(base.table.moves.subarray(from * 24, from * 24 + 24), row * 24);
    }
    for (let from = touchStart[source]!; from < touchStart[source + 1]!; from++) {
      if (random.next() < LEFT_OUT) continue;
      const resource = base.touches.resource[from]!;
      touched.person[touch] = person;
      touched.day[touch] = base.touches.day[from]!;
      touched.resource[touch] = common[resource] ? resource : resource + site * base.touches.resources;
      count[touch++] = base.touches.count[from]!;
    }
  }
  const sites = Math.ceil(people / known);
  const touches: TouchTable = {
    person: touched.person.subarray(0, touch),
    day: touched.day.subarray(0, touch),
    resource: touched.resource.subarray(0, touch),
    count: count.subarray(0, touch),
    resources: sites * base.touches.resources,
  };
  if (sites > 1) sortWithinPeople(touches);
  return {
    table,
    touches,
    dayOff,
    people: Array.from(sources, (_, person) => `p-${String(person).padStart(8, '0')}`),
    attributes: Array.from(sources, (source, person) => {
      const site = Math.floor(person / known);
      return base.attributes[source]!.map((record) => ({
        ...record,
        department: `${record.department} ${site}`,
        team: `${record.team} ${site}`,
      }));
    }),
  };
}

function starts(person: Int32Array, people: number): Int32Array {
  const out = new Int32Array(people + 1);
  for (const owner of person) if (owner >= 0) out[owner + 1]!++;
  for (let p = 0; p < people; p++) out[p + 1]! += out[p]!;
  return out;
}

function commonResources(touches: TouchTable, people: number): Uint8Array {
  const users = Array.from({ length: touches.resources }, () => new Set<number>());
  for (let i = 0; i < touches.person.length; i++) users[touches.resource[i]!]!.add(touches.person[i]!);
  return Uint8Array.from(users, (set) => (set.size > COMMON * people ? 1 : 0));
}

/** Renumbered resources stand in ascending order again, days ascending within each. */
function sortWithinPeople({ person, day, resource, count }: TouchTable): void {
  for (let start = 0; start < person.length; ) {
    let end = start;
    while (end < person.length && person[end] === person[start]) end++;
    // Days of a resource stand together: whole runs change places, and order within them holds (stable sort).
    const order = Array.from({ length: end - start }, (_, i) => start + i).sort((a, b) => resource[a]! - resource[b]!);
    for (const column of [day, resource])
      column.set(
        Int32Array.from(order, (at) => column[at]!),
        start,
      );
    count.set(
      Float32Array.from(order, (at) => count[at]!),
      start,
    );
    start = end;
  }
}
