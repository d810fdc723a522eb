import { adjustedRandIndex } from '../src/numeric/cluster-metrics.ts';
import { learnPeers } from '../src/peers/learn-peers.ts';
import { plantPeople } from '../src/peers/planted-people.ts';
import type { PeerInput, PeerModel } from '../src/peers/ports.ts';
import { loadCertPeople } from './cert-people.ts';
import { type Agreement, agreementWith, codesOf } from './peer-agreement.ts';

export interface PlantedRow {
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
export function measurePlanted(sizes: readonly number[], seed: number): PlantedRow[] {
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
