import type { Matrix } from '../numeric/matrix.ts';
import { ATTRIBUTES, valuesOf } from './attribute-block.ts';
import type { PeerInput, Reason } from './ports.ts';
import { normaliseShares } from './share-block.ts';
import { fitVolumeScaler } from './volume-block.ts';

/** Parts of the week that have a name in explanations; hours are local, from inclusive, to exclusive. */
const PARTS = [
  { trait: 'nights (22-06)', from: 22, to: 30 },
  { trait: 'mornings (06-12)', from: 6, to: 12 },
  { trait: 'afternoons (12-18)', from: 12, to: 18 },
  { trait: 'evenings (18-22)', from: 18, to: 22 },
] as const;
const WEEKEND = 'weekends';
const SHOWN = { volume: 5, rhythm: 2, resource: 5, attribute: 4 } as const;

/** Everything reasons are read from, computed once a day. */
export interface TraitTables {
  readonly volumeMean: Float64Array;
  readonly volumeScale: Float64Array;
  readonly parts: Float64Array[];
  readonly partMean: number[];
  readonly partScale: number[];
  readonly resourceUsers: Int32Array;
  readonly attributeCounts: Map<string, number>;
}

export function buildTraitTables(input: PeerInput): TraitTables {
  const n = input.people.length;
  const everybody = Int32Array.from({ length: n }, (_, i) => i);
  const scaler = fitVolumeScaler(input.volumes, everybody);
  const volumeMean = columnMeans(input.volumes, everybody);
  const resourceUsers = new Int32Array(input.resources.columns);
  for (const resource of input.resources.indices) if (resource < resourceUsers.length) resourceUsers[resource]!++;
  const attributeCounts = new Map<string, number>();
  for (const attributes of input.attributes ?? [])
    for (const name of ATTRIBUTES)
      for (const value of valuesOf(attributes, name)) count(attributeCounts, `${name}\n${value}`);
  const parts = partShares(input.rhythm);
  const moments = parts.map((part) => momentsOf(part));
  return {
    volumeMean,
    volumeScale: scaler.scale,
    parts,
    partMean: moments.map(({ mean }) => mean),
    partScale: moments.map(({ deviation }) => deviation),
    resourceUsers,
    attributeCounts,
  };
}

/** What sets the given people apart from everybody, strongest first. */
export function reasonsFor(input: PeerInput, tables: TraitTables, members: Int32Array): Reason[] {
  const n = input.people.length;
  const top = <R extends Reason>(reasons: R[], shown: number, least: number): R[] =>
    reasons
      .filter(({ strength }) => Math.abs(strength) >= least)
      .sort((a, b) => Math.abs(b.strength) - Math.abs(a.strength))
      .slice(0, shown);
  const means = columnMeans(input.volumes, members);
  const volumes = input.volumeLabels.flatMap((trait, c) => {
    const [groupMean, companyMean, scale] = [means[c]!, tables.volumeMean[c]!, tables.volumeScale[c]!];
    const strength = scale > 0 ? (groupMean - companyMean) / scale : Number.NaN;
    return Number.isFinite(strength) ? [{ kind: 'volume' as const, trait, groupMean, companyMean, strength }] : [];
  });
  const rhythm = tables.parts.flatMap((part, p) => {
    const groupMean = meanOver(part, members);
    const companyMean = tables.partMean[p]!;
    const strength = tables.partScale[p]! > 1e-6 ? (groupMean - companyMean) / tables.partScale[p]! : Number.NaN;
    const trait = PARTS[p]?.trait ?? WEEKEND;
    return Number.isFinite(strength) ? [{ kind: 'rhythm' as const, trait, groupMean, companyMean, strength }] : [];
  });
  const resources = sharedResources(input, tables, members).map(({ resource, users }) => {
    const [groupShare, companyShare] = [users / members.length, tables.resourceUsers[resource]! / n];
    return { kind: 'resource' as const, resource, groupShare, companyShare, strength: lift(groupShare, companyShare) };
  });
  const attributes = ATTRIBUTES.flatMap((trait) => {
    const counts = new Map<string, number>();
    for (const row of members) for (const value of valuesOf(input.attributes?.[row], trait)) count(counts, value);
    return [...counts].map(([value, people]) => {
      const [groupShare, companyShare] = [
        people / members.length,
        tables.attributeCounts.get(`${trait}\n${value}`)! / n,
      ];
      return {
        kind: 'attribute' as const,
        trait,
        value,
        groupShare,
        companyShare,
        strength: lift(groupShare, companyShare),
      };
    });
  });
  return [
    ...top(attributes.filter(({ groupShare }) => groupShare >= 0.2).sort(byName), SHOWN.attribute, 0.05),
    ...top(volumes, SHOWN.volume, 0.3),
    ...top(rhythm, SHOWN.rhythm, 0.3),
    ...top(
      resources.filter(({ groupShare }) => groupShare >= 0.3),
      SHOWN.resource,
      0.05,
    ),
  ];
}

const byName = (a: { value: string }, b: { value: string }) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);

/** Share in the group times the logarithm of how much more common it is there than in the company. */
const lift = (groupShare: number, companyShare: number): number => groupShare * Math.log(groupShare / companyShare);

/** Short name of a group: its commonest telling attribute, else its strongest trait. */
export function labelOf(reasons: readonly Reason[]): string {
  const attribute = reasons.find((reason) => reason.kind === 'attribute' && reason.groupShare >= 0.5);
  if (attribute?.kind === 'attribute')
    return `${attribute.trait} ${attribute.value} (${Math.round(100 * attribute.groupShare)} %)`;
  const traits = reasons.flatMap((reason) =>
    reason.kind === 'volume' || reason.kind === 'rhythm'
      ? [{ strength: Math.abs(reason.strength), text: `${reason.strength > 0 ? 'more' : 'less'} ${reason.trait}` }]
      : [],
  );
  const told = traits.sort((a, b) => b.strength - a.strength).slice(0, 2);
  return told.length ? told.map(({ text }) => text).join(', ') : 'no distinctive trait';
}

/** Resources touched by at least two of the people, ascending. */
export function sharedResources(
  { resources }: PeerInput,
  tables: TraitTables,
  members: Int32Array,
): { resource: number; users: number }[] {
  const users = new Map<number, number>();
  for (const row of members)
    for (let e = resources.offsets[row]!; e < resources.offsets[row + 1]!; e++) {
      const resource = resources.indices[e]!;
      if (resource >= 0 && resource < tables.resourceUsers.length && resources.counts[e]! > 0) count(users, resource);
    }
  return [...users]
    .filter(([, people]) => people >= 2)
    .map(([resource, people]) => ({ resource, users: people }))
    .sort((a, b) => a.resource - b.resource);
}

function partShares(rhythm: Matrix): Float64Array[] {
  const { rows, columns } = rhythm;
  if (columns !== 168 && columns !== 31 && columns !== 24) return [];
  const shares = normaliseShares(rhythm);
  const days = columns === 168 ? 7 : 1;
  // 31 columns hold the activity twice, by hour and by weekday: each half then adds up to one half.
  const factor = columns === 31 ? 2 : 1;
  const sumOver = (row: number, hours: Iterable<number>) => {
    let sum = 0;
    for (const hour of hours) sum += shares.data[row * columns + hour]!;
    return sum * factor;
  };
  const parts = PARTS.map(({ from, to }) => {
    const hours: number[] = [];
    for (let day = 0; day < days; day++) for (let hour = from; hour < to; hour++) hours.push(day * 24 + (hour % 24));
    return Float64Array.from({ length: rows }, (_, row) => sumOver(row, hours));
  });
  if (columns === 24) return parts;
  const weekend = columns === 168 ? Array.from({ length: 48 }, (_, i) => 120 + i) : [29, 30];
  return [...parts, Float64Array.from({ length: rows }, (_, row) => sumOver(row, weekend))];
}

function columnMeans({ columns, data }: Matrix, rows: Int32Array): Float64Array {
  return Float64Array.from({ length: columns }, (_, c) => {
    let sum = 0;
    let known = 0;
    for (const row of rows) {
      const value = data[row * columns + c]!;
      if (!Number.isFinite(value)) continue;
      sum += value;
      known++;
    }
    return known ? sum / known : Number.NaN;
  });
}

function meanOver(values: Float64Array, rows: Int32Array): number {
  let sum = 0;
  let known = 0;
  for (const row of rows) {
    if (Number.isNaN(values[row]!)) continue;
    sum += values[row]!;
    known++;
  }
  return known ? sum / known : Number.NaN;
}

function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = meanOver(values, Int32Array.from(values.keys()));
  const squares = values.map((value) => (value - mean) ** 2);
  return { mean, deviation: Math.sqrt(meanOver(squares, Int32Array.from(values.keys()))) };
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
