import { join } from 'node:path';
import { adjustedRandIndex } from '../src/numeric/cluster-metrics.ts';
import { learnPeers } from '../src/peers/learn-peers.ts';
import { plantPeople } from '../src/peers/planted-people.ts';
import type { PeerInput, PeerModel } from '../src/peers/ports.ts';
import { loadCertPeople } from './cert-people.ts';
import { loadEnterprise } from './enterprise-people.ts';
import { type Agreement, agreementWith, codesOf } from './peer-agreement.ts';
import { followMovers, type MoverReport } from './peer-movers.ts';

export interface ScaleRow {
  people: number;
  seconds: number;
  /** Peak resident memory of the process less what it held before learning: an upper bound. */
  peakBytes: number;
  modelBytesPerPerson: number;
  groups: number;
  planted: number;
  ari: number;
  strangersFound: number;
  strangers: number;
  /** Share of the true 25 nearest found, over 200 people. */
  recall: number;
}

export interface DivisionRow {
  data: string;
  attributes: boolean;
  people: number;
  groups: number;
  ungrouped: number;
  silhouette: number;
  seconds: number;
  agreement: Record<string, Agreement>;
  attributeWeights: PeerModel['quality']['attributeWeights'];
}

/** Planted companies of growing size. */
export function measureScale(sizes: readonly number[], seed: number): ScaleRow[] {
  return sizes.map((people) => {
    const planted = Math.max(4, Math.round(Math.sqrt(people) / 2));
    const strangers = Math.round(people / 100);
    const { input, truth } = plantPeople({ people, groups: planted, seed, noise: 1, strangers, wrongRoles: 0.1 });
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const model = learnPeers(input);
    const seconds = (performance.now() - started) / 1000;
    const peakBytes = Math.max(0, Math.max(process.memoryUsage().rss, process.resourceUsage().maxRSS * 1024) - before);
    return {
      people,
      seconds,
      peakBytes,
      modelBytesPerPerson: modelBytes(model) / people,
      groups: model.groups.length,
      planted,
      ari: adjustedRandIndex(truth, model.group),
      strangersFound: truth.filter((g, i) => g < 0 && model.group[i]! < 0).length,
      strangers,
      recall: neighbourRecall(model, 200),
    };
  });
}

export function modelBytes(model: PeerModel): number {
  const arrays = [
    model.group,
    model.membership.groups,
    model.membership.probabilities,
    model.neighbours,
    model.similarity,
    model.embedding.data,
    ...model.groups.map((group) => group.members),
  ];
  return arrays.reduce((sum, array) => sum + array.byteLength, 0);
}

/** Against exact search for every n-th person. */
function neighbourRecall(model: PeerModel, asked: number): number {
  const n = model.people.length;
  const k = model.neighbourCount;
  const { columns, data } = model.embedding;
  const step = Math.max(1, Math.floor(n / asked));
  let [found, wanted] = [0, 0];
  for (let row = 0; row < n; row += step) {
    const squared = Float64Array.from({ length: n }, (_, other) => {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += (data[row * columns + c]! - data[other * columns + c]!) ** 2;
      return sum;
    });
    const nearest = [...squared.keys()].filter((other) => other !== row).sort((a, b) => squared[a]! - squared[b]!);
    const true25 = new Set(nearest.slice(0, k));
    wanted += true25.size;
    for (const peer of model.neighbours.subarray(row * k, (row + 1) * k)) if (true25.has(peer)) found++;
  }
  return found / wanted;
}

function describe(data: string, input: PeerInput, labels: Record<string, Int32Array>): DivisionRow {
  const started = performance.now();
  const model = learnPeers(input);
  return {
    data,
    attributes: input.attributes !== undefined,
    people: input.people.length,
    groups: model.groups.length,
    ungrouped: model.group.filter((g) => g < 0).length,
    silhouette: model.quality.silhouette,
    seconds: (performance.now() - started) / 1000,
    agreement: Object.fromEntries(
      Object.entries(labels).map(([name, codes]) => [name, agreementWith(model, codes)] as const),
    ),
    attributeWeights: model.quality.attributeWeights,
  };
}

/** CERT r6.2: do groups learned from counts agree with roles, departments and teams? With the attributes given, agreement
 * with them is partly what was put in. */
export function measureCert(file: string): DivisionRow[] {
  const known = loadCertPeople(file, { attributes: true }).attributes!;
  const labels = {
    role: codesOf(known.map((person) => person?.role)),
    department: codesOf(known.map((person) => person?.department)),
    team: codesOf(known.map((person) => person?.team)),
  };
  return [false, true].map((attributes) => describe('cert-r6.2', loadCertPeople(file, { attributes }), labels));
}

export function measureEnterprise(people: number, seeds: readonly number[]): DivisionRow[] {
  return seeds.flatMap((seed) => {
    const company = loadEnterprise({ people, days: 35, seed });
    const day = company.firstDay + company.days - 1;
    return [false, true].map((attributes) => {
      const input = company.inputFor(day, { windowDays: 28, attributes, seed: 1 });
      const code = (name: (row: number) => string) =>
        codesOf(company.people.map((_, row) => (input.activeDays[row]! > 0 ? name(row) : undefined)));
      return describe(`enterprise seed ${seed}`, input, {
        role: code((row) => company.assignmentOn(row, day).role.name),
        department: code((row) => company.assignmentOn(row, day).department),
        team: code((row) => company.assignmentOn(row, day).team.name),
        firstProject: codesOf(company.people.map((_, row) => company.assignmentOn(row, day).projects[0]?.name)),
      });
    });
  });
}

export interface PeersBenchOptions {
  /** People of the planted companies, default 1,000, 10,000 and 100,000. */
  sizes?: readonly number[];
  seeds?: readonly number[];
  /** Folder of the shared data sets; without it CERT is left out. */
  sharedData?: string;
  enterprisePeople?: number;
}

export interface PeersBenchReport {
  scale: ScaleRow[];
  divisions: DivisionRow[];
  movers: MoverReport[];
}

export function runPeersBench(options: PeersBenchOptions = {}): PeersBenchReport {
  const seeds = options.seeds ?? [101, 102, 103];
  const people = options.enterprisePeople ?? 300;
  return {
    scale: measureScale(options.sizes ?? [1_000, 10_000, 100_000], seeds[0]!),
    divisions: [
      ...(options.sharedData ? measureCert(join(options.sharedData, 'cert-r62-userday/user-day-counts.csv.gz')) : []),
      ...measureEnterprise(people, seeds),
    ],
    movers: seeds.flatMap((seed) =>
      [false, true].map((attributes) => followMovers({ people, days: 60, seed, attributes })),
    ),
  };
}
