import { FEATURE_FAMILIES, type FeatureFamily } from '../domain/features.ts';
import { attributeForest, fitForestSync, scoreForestSync } from './forest.ts';
import { compareWithPeers, indexRows, type PeerView } from './peer-baseline.ts';
import type { PersonDayInput } from './ports.ts';
import { type Cells, compareWithSelf } from './self-baseline.ts';
import { fitTail } from './tail.ts';

/**
 * Evidence that a person-day is unusual, in nats: the sum over feature families of the surprise beyond what an ordinary day
 * shows, plus the isolation forest's view of the families together.
 *
 * Per feature, the surprise is -ln of the tail probability of the departure from the own history (less what the peers share
 * that day), weighed by how unusual the figure is among peers. Per family, the largest surprise and a third of the second
 * are again turned into a tail probability, so that families with many features weigh no more than others.
 */

/** Prior weights of the families: how directly a departure bears on insider threat. Not learned, not tuned to data. */
export const FAMILY_WEIGHTS: Record<FeatureFamily, number> = {
  volume: 0.5,
  rhythm: 0.7,
  novelty: 0.8,
  authentication: 0.7,
  breadth: 0.6,
  bytes: 0.7,
  removable: 1,
  mail: 0.8,
  sensitive: 1,
  privilege: 0.8,
  execution: 0.8,
  web: 1,
  cloud: 1,
};
const FOREST_WEIGHT = 0.7;
/** Surprise that an ordinary day shows in a family and that does not count. */
const ORDINARY = 1;
const SECOND_SHARE = 0.3;
const PEER_FULL = 4;
const PEER_FLOOR = 0.35;
const UNKNOWN_PEERS = 0.8;
const SUSTAINED_WEIGHT = 0.9;
const FOREST_TREES = 100;
const FOREST_SAMPLE = 1024;

export interface FeatureCells extends Cells, PeerView {
  /** Surprise in nats, at least 0. */
  surprise: Float32Array;
}

export interface Contribution {
  feature: number;
  /** Position in that feature's cells. */
  cell: number;
  /** Nats added to the total. */
  nats: number;
}

export interface PersonDayScores {
  /** Evidence per row, nats, at least 0. */
  total: Float64Array;
  cells: FeatureCells[];
  /** What made the total of a row, largest first; sums to the total. */
  contributions(row: number): Contribution[];
}

function surpriseOf(cells: Cells, view: PeerView, rows: number): Float32Array {
  const n = cells.row.length;
  const adjusted = Float64Array.from(cells.selfZ, (z, i) => z - view.dayEffect[i]!);
  const tail = fitTail(adjusted, rows);
  const sustained = Float64Array.from(cells.sustainedZ, (z, i) => (adjusted[i]! > 0 ? z : Number.NaN));
  const sustainedTail = fitTail(
    sustained.filter((z) => !Number.isNaN(z)),
    rows,
  );
  const peerTail = fitTail(Float64Array.from(view.peerZ.filter((z) => !Number.isNaN(z))), rows);
  const out = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    if (!(adjusted[i]! > 0) && !(sustained[i]! > 0)) continue;
    const own = -Math.log(tail.probability(adjusted[i]!));
    const slow = -Math.log(sustainedTail.probability(sustained[i]!)) * SUSTAINED_WEIGHT;
    const peerZ = view.peerZ[i]!;
    const among = Number.isNaN(peerZ)
      ? UNKNOWN_PEERS
      : PEER_FLOOR + (1 - PEER_FLOOR) * Math.min(1, -Math.log(peerTail.probability(peerZ)) / PEER_FULL);
    out[i] = Math.max(own, slow) * among;
  }
  return out;
}

export function scorePersonDays(input: PersonDayInput): PersonDayScores {
  const { table, features } = input;
  const rows = table.day.length;
  const families = FEATURE_FAMILIES.length;
  const rowOf = indexRows(input);
  const best = new Float64Array(rows * families);
  const second = new Float64Array(rows * families);
  const bestCell = new Int32Array(rows * families).fill(-1);
  const secondCell = new Int32Array(rows * families).fill(-1);
  const bestFeature = new Int16Array(rows * families).fill(-1);
  const secondFeature = new Int16Array(rows * families).fill(-1);

  const all = features.map((feature, column): FeatureCells => {
    const cells = compareWithSelf(input, column);
    const view = compareWithPeers(input, column, cells, rowOf);
    const surprise = surpriseOf(cells, view, rows);
    const family = FEATURE_FAMILIES.indexOf(feature.family);
    for (let i = 0; i < surprise.length; i++) {
      const at = cells.row[i]! * families + family;
      const value = surprise[i]!;
      if (value > best[at]!) {
        second[at] = best[at]!;
        secondCell[at] = bestCell[at]!;
        secondFeature[at] = bestFeature[at]!;
        best[at] = value;
        bestCell[at] = i;
        bestFeature[at] = column;
      } else if (value > second[at]!) {
        second[at] = value;
        secondCell[at] = i;
        secondFeature[at] = column;
      }
    }
    return { ...cells, ...view, surprise };
  });

  // Families to one scale: surprise of the family's own statistic among all person-days.
  const familySurprise = new Float64Array(rows * families);
  for (let family = 0; family < families; family++) {
    const statistics: number[] = [];
    for (let row = 0; row < rows; row++) {
      const at = row * families + family;
      if (best[at]! > 0) statistics.push(best[at]! + SECOND_SHARE * second[at]!);
    }
    const tail = fitTail(Float64Array.from(statistics), rows);
    for (let row = 0; row < rows; row++) {
      const at = row * families + family;
      if (best[at]! > 0) familySurprise[at] = -Math.log(tail.probability(best[at]! + SECOND_SHARE * second[at]!));
    }
  }

  const matrix = { rows, columns: families, data: familySurprise };
  const forest =
    rows >= 64
      ? fitForestSync(matrix, { trees: FOREST_TREES, sampleSize: FOREST_SAMPLE, seed: input.seed })
      : undefined;
  const isolation = forest ? scoreForestSync(forest, matrix) : new Float64Array(rows);
  const isolationTail = fitTail(isolation, rows);
  const forestNats = (row: number) =>
    forest ? FOREST_WEIGHT * Math.max(0, -Math.log(isolationTail.probability(isolation[row]!)) - ORDINARY) : 0;
  const familyNats = (row: number, family: number) =>
    FAMILY_WEIGHTS[FEATURE_FAMILIES[family]!] * Math.max(0, familySurprise[row * families + family]! - ORDINARY);

  const total = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let family = 0; family < families; family++) sum += familyNats(row, family);
    // The forest only adds where some family speaks: a score without a deviation could not be explained.
    total[row] = sum > 0 ? sum + forestNats(row) : 0;
  }

  /** The forest's nats go to the families that stand out, by the forest's own attribution. */
  function forestShares(row: number): Float64Array {
    const shares = new Float64Array(families);
    if (!forest) return shares;
    const attribution = attributeForest(forest, familySurprise.subarray(row * families, (row + 1) * families));
    let sum = 0;
    for (let family = 0; family < families; family++) {
      if (familyNats(row, family) > 0) shares[family] = Math.max(0, attribution[family]!);
      sum += shares[family]!;
    }
    if (sum > 0) return shares.map((share) => share / sum);
    for (let family = 0; family < families; family++)
      shares[family] = familyNats(row, family) / (total[row]! - forestNats(row));
    return shares;
  }

  return {
    total,
    cells: all,
    contributions(row) {
      if (total[row] === 0) return [];
      const fromForest = forestNats(row);
      const shares = forestShares(row);
      const out: Contribution[] = [];
      for (let family = 0; family < families; family++) {
        const nats = familyNats(row, family) + fromForest * shares[family]!;
        if (nats <= 0) continue;
        const at = row * families + family;
        const rest = SECOND_SHARE * second[at]!;
        const lead = best[at]! / (best[at]! + rest);
        out.push({ feature: bestFeature[at]!, cell: bestCell[at]!, nats: nats * lead });
        if (rest > 0) out.push({ feature: secondFeature[at]!, cell: secondCell[at]!, nats: nats * (1 - lead) });
      }
      return out.sort((a, b) => b.nats - a.nats || a.feature - b.feature);
    },
  };
}
