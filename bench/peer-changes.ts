import { scorePersonDays } from '../src/detect/person-days.ts';
import type { PeerEpoch } from '../src/detect/ports.ts';
import { FEATURES } from '../src/features/catalogue.ts';
import type { Move } from '../src/peers/find-moves.ts';
import { workingDaysBetween } from '../src/peers/movers.ts';
import type { PeerModel } from '../src/peers/ports.ts';
import { learnEpochs } from '../src/pipeline/learn-epochs.ts';
import { type Agreement, agreementWith, codesOf } from './peer-agreement.ts';
import { type PeerCompany, truthOn } from './peer-company.ts';
import { thresholdScores } from './static-baselines.ts';

/** Working days after a change of place in which an alert counts as caused by it. */
const AFTER = 20;
const WITHIN = 10;

export interface CompanyReport {
  seed: number;
  people: number;
  groups: number;
  silhouette: number;
  /** Means over the models after the first. */
  churn: number;
  stability: number;
  agreement: Record<'role' | 'department' | 'team' | 'project', Agreement>;
  /** People whose new place is in another group than the old one, with ten working days left. */
  changers: number;
  regroupedAfter: number[];
  withinTen: number;
  /** Taken for movers who have not changed place, over the whole span. */
  falseMoves: number;
  /** Alerts on people in the 20 working days after a change, by what they are compared with. */
  alerts: Record<'learned' | 'staticDepartment' | 'staticRole' | 'thresholds', number>;
}

/** Peers as `analyze` learns them, and what changes of place cost with and without them. */
export function measureCompany(company: PeerCompany, budgetPer200: number): CompanyReport {
  const models: { model: PeerModel; moves: readonly Move[] }[] = [];
  const { epochs, moves } = learnEpochs(company.table, company.touches, {
    firstDay: company.firstDay,
    lastDay: company.lastDay,
    seed: 1,
    minimumPeers: 5,
    people: company.people,
    attributes: company.attributes,
    onModel: (model, seen) => models.push({ model, moves: [...seen] }),
  });
  const last = models.at(-1)!.model;
  const later = models.slice(1).map(({ model }) => model.quality);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const labels = (name: 'role' | 'department' | 'team') =>
    codesOf(
      company.people.map((_, row) => (last.group[row]! < 0 ? undefined : truthOn(company, row, last.day)?.[name])),
    );
  const score = (peers: readonly PeerEpoch[], known: readonly Move[]) =>
    scorePersonDays({ ...company, features: FEATURES, epochs: peers, moves: known, seed: 1 }).total;
  const count = (scores: ArrayLike<number>) => alertsOnChangers(company, scores, budgetPer200);
  const thresholds = thresholdScores(
    company.table,
    company.attributes.map((records) => records[0]?.department ?? ''),
    company.people,
  );
  return {
    seed: company.seed,
    people: company.people.length,
    groups: last.groups.length,
    silhouette: last.quality.silhouette,
    churn: mean(later.map(({ churn }) => churn)),
    stability: mean(later.map(({ ari }) => ari)),
    agreement: {
      role: agreementWith(last, labels('role')),
      department: agreementWith(last, labels('department')),
      team: agreementWith(last, labels('team')),
      project: agreementWith(
        last,
        codesOf(company.people.map((_, row) => truthOn(company, row, last.day)?.projects[0])),
      ),
    },
    ...followChangers(company, models),
    falseMoves: moves.filter(({ person }) => company.truth[person]!.length < 2).length,
    alerts: {
      learned: count(score(epochs, moves)),
      staticDepartment: count(score([staticGroups(company, 'department')], [])),
      staticRole: count(score([staticGroups(company, 'role')], [])),
      thresholds: count(Float64Array.from(thresholds, (row) => row.score)),
    },
  };
}

/** Everybody whose HR record named the same department or role on the first day, for ever. */
function staticGroups(company: PeerCompany, name: 'department' | 'role'): PeerEpoch {
  const labels = company.attributes.map((records) => records[0]?.[name] ?? '');
  const k = labels.length - 1;
  const neighbours = new Int32Array(labels.length * k).fill(-1);
  for (let i = 0; i < labels.length; i++) {
    let slot = 0;
    for (let j = 0; labels[i] !== '' && j < labels.length; j++)
      if (j !== i && labels[j] === labels[i]) neighbours[i * k + slot++] = j;
  }
  return { fromDay: company.firstDay, neighbours, k };
}

function alertsOnChangers(company: PeerCompany, scores: ArrayLike<number>, budgetPer200: number): number {
  const { table, people, truth, malicious, firstDay, lastDay } = company;
  const allowed = Math.round((budgetPer200 * people.length * (lastDay - firstDay + 1)) / 200);
  const strongest = [...table.day.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, allowed);
  return strongest.filter((row) => {
    const [person, day] = [table.person[row]!, table.day[row]!];
    if (!(scores[row]! > 0) || malicious.has(`${people[person]} ${day}`)) return false;
    return truth[person]!.slice(1).some(({ fromDay }) => fromDay <= day && workingDaysBetween(fromDay, day) <= AFTER);
  }).length;
}

/** A changer is re-grouped when compared with the people of the new place: by the groups of a model, or by a move. */
function followChangers(
  company: PeerCompany,
  models: readonly { model: PeerModel; moves: readonly Move[] }[],
): Pick<CompanyReport, 'changers' | 'regroupedAfter' | 'withinTen'> {
  let changers = 0;
  const regroupedAfter: number[] = [];
  for (let row = 0; row < company.people.length; row++)
    for (const { fromDay } of company.truth[row]!.slice(1)) {
      if (fromDay <= models[0]!.model.day || workingDaysBetween(fromDay, company.lastDay) < WITHIN) continue;
      const before = models.findLast(({ model }) => model.day < fromDay)!.model;
      const old = homeOf(company, before, row, fromDay - 1);
      const target = homeOf(company, before, row, fromDay);
      if (old === target || target < 0) continue;
      changers++;
      const days: number[] = [];
      for (const { model, moves } of models) {
        if (model.day < fromDay) continue;
        if (model.group[row]! >= 0 && model.group[row] === homeOf(company, model, row, fromDay)) days.push(model.day);
        for (const move of moves) {
          if (move.person !== row || move.knownDay < fromDay) continue;
          const there = move.peers.filter((peer) => before.group[peer] === target).length;
          if (2 * there > move.peers.length) days.push(move.knownDay);
        }
      }
      if (days.length > 0) regroupedAfter.push(workingDaysBetween(fromDay, Math.min(...days)));
    }
  return { changers, regroupedAfter, withinTen: regroupedAfter.filter((days) => days <= WITHIN).length };
}

/** Group of most others who work in the department and team that the person works in on a day; -1 = nobody. */
function homeOf(company: PeerCompany, model: PeerModel, row: number, day: number): number {
  const place = truthOn(company, row, day);
  const counts = new Map<number, number>();
  for (let other = 0; other < company.people.length; other++) {
    const theirs = truthOn(company, other, model.day);
    if (other === row || !theirs || theirs.department !== place?.department || theirs.team !== place.team) continue;
    const group = model.group[other]!;
    if (group >= 0) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? -1;
}
