import { learnPeers } from '../src/peers/learn-peers.ts';
import { workingDaysBetween } from '../src/peers/movers.ts';
import type { PeerModel } from '../src/peers/ports.ts';
import { type EnterprisePeople, loadEnterprise } from './enterprise-people.ts';

export interface MoverReport {
  seed: number;
  attributes: boolean;
  /** People whose new department and team are mostly in another group than their old ones. */
  changers: number;
  /** Working days until a changer is in the group of most of the new team; people not there by the end are left out. */
  regroupedAfter: number[];
  withinTenDays: number;
  /** Changers taken for movers at some time within 45 days. */
  noticed: number;
  /** Movers on an average day who are not within 45 days of a change. */
  falseMovers: number;
  people: number;
}

const WARM_UP_DAYS = 20;
const REMEMBERED_DAYS = 45;

/** Learns peers day by day over an enterprise and follows the people whose role changes. */
export function followMovers(options: {
  people: number;
  days: number;
  seed: number;
  attributes: boolean;
}): MoverReport {
  const company = loadEnterprise(options);
  const changes = company.people.flatMap((person, row) =>
    person.assignments.slice(1).map(({ fromDay }) => ({ row, day: fromDay })),
  );
  const lastDay = company.firstDay + company.days - 1;
  const regrouped = new Map<number, number>();
  const real = new Set<number>();
  const noticed = new Set<number>();
  let [previous, models, falseMovers]: [PeerModel | undefined, number, number] = [undefined, 0, 0];
  for (let day = company.firstDay + WARM_UP_DAYS; day <= lastDay; day++) {
    const input = company.inputFor(day, { windowDays: 28, attributes: options.attributes, seed: 1 });
    const model: PeerModel = learnPeers(previous ? { ...input, previous } : input);
    models++;
    const due = changes.filter((change) => change.day <= day + 5 && day - change.day < REMEMBERED_DAYS);
    for (const { person } of model.movers) {
      const row = input.people.indexOf(person);
      if (due.some((change) => change.row === row)) noticed.add(row);
      else falseMovers++;
    }
    for (const { row, day: from } of due) {
      if (from > day || from < company.firstDay + WARM_UP_DAYS || from + 14 > lastDay) continue;
      const home = commonGroup(company, model, row, day, day);
      const old = commonGroup(company, model, row, from - 1, day);
      if (home !== old) real.add(row);
      if (model.group[row] === home && real.has(row) && !regrouped.has(row))
        regrouped.set(row, workingDaysBetween(from, day));
    }
    previous = model;
  }
  const regroupedAfter = [...regrouped].filter(([row]) => real.has(row)).map(([, days]) => days);
  return {
    seed: options.seed,
    attributes: options.attributes,
    changers: real.size,
    regroupedAfter,
    withinTenDays: regroupedAfter.filter((days) => days <= 10).length,
    noticed: [...noticed].filter((row) => real.has(row)).length,
    falseMovers: falseMovers / models,
    people: company.people.length,
  };
}

/** Group of most people who are now in the department and team that the person was in on a day; -1 = nobody. */
function commonGroup(company: EnterprisePeople, model: PeerModel, row: number, day: number, today: number): number {
  const { department, team } = company.assignmentOn(row, day);
  const counts = new Map<number, number>();
  company.people.forEach((_, other) => {
    const theirs = company.assignmentOn(other, today);
    if (other === row || theirs.department !== department || theirs.team !== team) return;
    const group = model.group[other]!;
    if (group >= 0) counts.set(group, (counts.get(group) ?? 0) + 1);
  });
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? -1;
}
