import { accountsOf } from '../simulator/enterprise/accounts.ts';
import { generateEnterprise } from '../simulator/enterprise/generate.ts';
import type { Person } from '../simulator/enterprise/types.ts';
import { ACTIVITY_CLASSES, type Activity } from '../src/domain/activity.ts';
import { DAY_MS, HOUR_MS, parseDay, weekday } from '../src/domain/time.ts';
import { createMatrix } from '../src/numeric/matrix.ts';
import type { BehaviourWindow, PeerInput, PersonAttributes } from '../src/peers/ports.ts';

/** Peer input straight from the synthetic enterprise, without ingest and store: a measurement of the peers alone. Plain
 * counts per class and activity stand in for the feature catalogue. */
export interface EnterprisePeople {
  firstDay: number;
  days: number;
  people: readonly Person[];
  /** True assignment of each person on a day. */
  assignmentOn(row: number, day: number): Person['assignments'][number];
  inputFor(day: number, options: { windowDays: number; attributes: boolean; seed: number }): PeerInput;
}

interface Touch {
  person: number;
  day: number;
  resource: number;
}

const CLASSES = ACTIVITY_CLASSES.length;
const EXTRA = ['bytes out', 'bytes in', 'removable', 'privileged', 'external recipients', 'failures'] as const;

export function loadEnterprise(options: { people: number; days: number; seed: number }): EnterprisePeople {
  const enterprise = generateEnterprise(options);
  const { people, startDay } = enterprise.company;
  const rowOf = new Map(people.flatMap((person, row) => accountsOf(person).map((account) => [account, row] as const)));
  const kinds = new Map<string, number>();
  const counts = new Map<number, Float64Array>();
  const hours = new Map<number, Float64Array>();
  const transitions = new Map<number, Float64Array>();
  const lastClass = new Int32Array(people.length).fill(-1);
  const resources = new Map<string, number>();
  const touches: Touch[] = [];
  const keyOf = (row: number, day: number) => row * options.days + day - startDay;
  const getOr = (map: Map<number, Float64Array>, key: number, size: number) => {
    const found = map.get(key) ?? new Float64Array(size);
    map.set(key, found);
    return found;
  };
  const touch = (person: number, day: number, name: string) => {
    if (name === '') return;
    if (!resources.has(name)) resources.set(name, resources.size);
    touches.push({ person, day, resource: resources.get(name)! });
  };
  const add = (activity: Activity) => {
    const row = rowOf.get(activity.account);
    if (row === undefined) return;
    const day = Math.floor(activity.timeMs / DAY_MS);
    const kind = `${activity.class} ${activity.activity}`;
    if (!kinds.has(kind)) kinds.set(kind, kinds.size);
    const key = keyOf(row, day);
    const row96 = getOr(counts, key, 96 + EXTRA.length);
    row96[Math.min(95, kinds.get(kind)!)]!++;
    [
      activity.bytesOut,
      activity.bytesIn,
      activity.removable ? 1 : 0,
      activity.privileged ? 1 : 0,
      activity.recipientsExternal,
      activity.outcome === 'failure' ? 1 : 0,
    ].forEach((value, extra) => {
      row96[96 + extra]! += value;
    });
    getOr(hours, key, 24)[Math.floor((activity.timeMs % DAY_MS) / HOUR_MS)]!++;
    const cls = ACTIVITY_CLASSES.indexOf(activity.class);
    if (lastClass[row]! >= 0) getOr(transitions, key, CLASSES * CLASSES)[lastClass[row]! * CLASSES + cls]!++;
    lastClass[row] = cls;
    touch(row, day, `target ${activity.target}`);
    touch(row, day, `device ${activity.device}`);
    const scope = /^(\\\\[^\\]+\\[^\\]+)|^https?:\/\/([^/]+)/.exec(activity.resource);
    touch(row, day, scope ? `scope ${scope[0]}` : '');
    touch(row, day, activity.process === '' ? '' : `program ${activity.process.split('\\').at(-1)}`);
  };
  for (const { activities } of enterprise.days()) for (const activity of activities) add(activity);

  const shared = sharedResources(touches, resources.size);
  const names = [...kinds.keys()].slice(0, 96);
  const directory = new Map<string, { from: number; attributes: PersonAttributes }[]>();
  for (const record of enterprise.directory) {
    const list = directory.get(record.account) ?? [];
    list.push({ from: parseDay(record.fromDay)!, attributes: record });
    directory.set(record.account, list);
  }

  function window(fromDay: number, toDay: number): BehaviourWindow & { activeDays: Float64Array } {
    const n = people.length;
    const columns = names.length + EXTRA.length;
    const volumes = createMatrix(n, columns);
    const rhythm = createMatrix(n, 168);
    const profile = createMatrix(n, CLASSES * CLASSES);
    const activeDays = new Float64Array(n);
    for (let row = 0; row < n; row++) {
      for (let day = fromDay; day <= toDay; day++) {
        const values = counts.get(keyOf(row, day));
        if (!values || day < startDay) continue;
        activeDays[row]!++;
        for (let c = 0; c < columns; c++)
          volumes.data[row * columns + c]! += Math.log1p(values[c < names.length ? c : 96 + c - names.length]!);
        hours.get(keyOf(row, day))!.forEach((value, hour) => {
          rhythm.data[row * 168 + weekday(day) * 24 + hour]! += Math.log1p(value);
        });
        transitions.get(keyOf(row, day))?.forEach((value, t) => {
          profile.data[row * CLASSES * CLASSES + t]! += value;
        });
      }
      for (let c = 0; c < columns; c++) volumes.data[row * columns + c]! /= activeDays[row]! || Number.NaN;
    }
    const rows: Map<number, number>[] = people.map(() => new Map());
    for (const { person, day, resource } of touches)
      if (day >= fromDay && day <= toDay && shared[resource]! >= 0)
        rows[person]!.set(shared[resource]!, (rows[person]!.get(shared[resource]!) ?? 0) + 1);
    const offsets = new Int32Array(n + 1);
    const entries = rows.map((row) => [...row].sort((a, b) => a[0] - b[0]));
    for (let row = 0; row < n; row++) offsets[row + 1] = offsets[row]! + entries[row]!.length;
    return {
      volumes,
      rhythm,
      transitions: profile,
      activeDays,
      resources: {
        columns: resources.size,
        offsets,
        indices: Int32Array.from(entries.flatMap((row) => row.map(([resource]) => resource))),
        counts: Float32Array.from(entries.flatMap((row) => row.map(([, count]) => count))),
      },
    };
  }

  const volumeLabels = [...names, ...EXTRA];
  return {
    firstDay: startDay,
    days: options.days,
    people,
    assignmentOn: (row, day) =>
      people[row]!.assignments.findLast(({ fromDay }) => fromDay <= day) ?? people[row]!.assignments[0]!,
    inputFor(day, { windowDays, attributes, seed }) {
      const present = people.map((person) => directory.get(person.login)?.findLast(({ from }) => from <= day));
      const changes = people.flatMap((person, row) => {
        const records = directory.get(person.login) ?? [];
        const at = records.indexOf(present[row]!);
        return at > 0 ? [{ person: row, day: records[at]!.from, before: records[at - 1]!.attributes }] : [];
      });
      return {
        ...window(day - windowDays + 1, day),
        day,
        people: people.map(({ login }) => login),
        volumeLabels,
        ...(attributes ? { attributes: present.map((record) => record?.attributes), attributeChanges: changes } : {}),
        recent: window(day - 6, day),
        seed,
      };
    },
  };
}

/** New index of each resource at least two people touch, -1 for the others. */
function sharedResources(touches: readonly Touch[], count: number): Int32Array {
  const first = new Int32Array(count).fill(-1);
  const index = new Int32Array(count).fill(-1);
  let next = 0;
  for (const { person, resource } of touches) {
    if (first[resource] === -1) first[resource] = person;
    else if (first[resource] !== person && index[resource] === -1) index[resource] = next++;
  }
  return index;
}
