import { FEATURE_FAMILIES } from '../domain/features.ts';
import { type Places, placesOf } from './changes-of-place.ts';
import { combineFamilies, correlateFamilies } from './combine-families.ts';
import { type CompanyDay, compareWithCompany } from './company-day.ts';
import { attributeForest, fitForestSync, scoreForestSync } from './forest.ts';
import { compareWithPeers, indexRows, type PeerView } from './peer-baseline.ts';
import { levelByPerson } from './person-level.ts';
import type { PersonDayInput } from './ports.ts';
import { type Cells, compareWithSelf } from './self-baseline.ts';
import { fitTail } from './tail.ts';

/**
 * Evidence that a person-day is unusual, in nats.
 *
 * Per feature, the surprise is -ln of the tail probability of the departure from the own history (less what the peers share
 * that day), weighed by how unusual the figure is among peers. Per family, the largest surprise and a third of the second
 * are again turned into a tail probability, so that families with many features weigh no more than others. Families add up
 * with what they share counted once (`combine-families.ts`), the isolation forest adds its view of the families together,
 * and the sum is read in the light of the person's other days (`person-level.ts`).
 */

const FOREST_WEIGHT = 0.3;
/** Surprise of the forest that does not count, nats. */
const ORDINARY = 1;
const SECOND_SHARE = 0.3;
const PEER_FULL = 4;
const PEER_FLOOR = 0.35;
const UNKNOWN_PEERS = 0.8;
const FOREST_TREES = 100;
const FOREST_SAMPLE = 1024;

export interface FeatureCells extends Cells, PeerView, CompanyDay {
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
  /** By how much the person's days before raised it, 1 to 3. */
  recurrence: Float64Array;
  cells: FeatureCells[];
  /** What made the total of a row, largest first; sums to the total. */
  contributions(row: number): Contribution[];
}

function surpriseOf(cells: Cells & PeerView & CompanyDay, rows: number, places: Places): Float32Array {
  const n = cells.row.length;
  const adjusted = Float64Array.from(cells.selfZ, (z, i) => z - cells.dayEffect[i]!);
  const tail = fitTail(adjusted, rows);
  const sustained = Float64Array.from(cells.sustainedZ, (z, i) => (adjusted[i]! > 0 ? z : Number.NaN));
  const sustainedTail = fitTail(
    sustained.filter((z) => !Number.isNaN(z)),
    rows,
  );
  const peerTail = fitTail(Float64Array.from(cells.peerZ.filter((z) => !Number.isNaN(z))), rows);
  const out = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    if (!(adjusted[i]! > 0) && !(sustained[i]! > 0)) continue;
    const own = Math.max(
      -Math.log(Math.max(tail.probability(adjusted[i]!), cells.ownTail[i]!, cells.companyTail[i]!)),
      -Math.log(sustainedTail.probability(sustained[i]!)),
    );
    const peerZ = cells.peerZ[i]!;
    const amongPeers = -Math.log(peerTail.probability(peerZ));
    const weight = Number.isNaN(peerZ)
      ? UNKNOWN_PEERS
      : PEER_FLOOR + (1 - PEER_FLOOR) * Math.min(1, amongPeers / PEER_FULL);
    // Somebody in a new place has little history there: what is usual among its people is no surprise.
    const known = Number.isNaN(peerZ) ? 1 : places.familiarity(cells.row[i]!);
    out[i] = Math.min(own, known * own + (1 - known) * amongPeers) * weight;
  }
  return out;
}

export function scorePersonDays(input: PersonDayInput): PersonDayScores {
  const { table, features } = input;
  const rows = table.day.length;
  const families = FEATURE_FAMILIES.length;
  const rowOf = indexRows(input);
  const places = placesOf(input);
  const best = new Float64Array(rows * families);
  const second = new Float64Array(rows * families);
  const bestCell = new Int32Array(rows * families).fill(-1);
  const secondCell = new Int32Array(rows * families).fill(-1);
  const bestFeature = new Int16Array(rows * families).fill(-1);
  const secondFeature = new Int16Array(rows * families).fill(-1);

  const all = features.map((feature, column): FeatureCells => {
    const cells = compareWithSelf(input, column, places);
    const peers = compareWithPeers(input, column, cells, rowOf, places);
    const company = compareWithCompany(input, cells);
    const dayEffect = peers.dayEffect.map((effect, i) => Math.max(effect, company.companyEffect[i]!));
    const views = { ...cells, ...peers, ...company, dayEffect };
    const surprise = surpriseOf(views, rows, places);
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
    return { ...views, surprise };
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

  const correlation = correlateFamilies(familySurprise, rows);
  const nats = new Float64Array(families);
  const familiesOf = (row: number) => familySurprise.subarray(row * families, (row + 1) * families);
  const raw = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const sum = combineFamilies(familiesOf(row), correlation, nats);
    // The forest only adds where some family speaks: a score without a deviation could not be explained.
    raw[row] = sum > 0 ? sum + forestNats(row) : 0;
  }
  const { total, recurrence } = levelByPerson(raw, table, places);

  /** The forest's nats go to the families that stand out, by the forest's own attribution. */
  function addForest(row: number, into: Float64Array): void {
    const fromForest = forestNats(row);
    if (!forest || fromForest === 0) return;
    const attribution = attributeForest(forest, familiesOf(row)).map((share, family) =>
      into[family]! > 0 ? Math.max(0, share) : 0,
    );
    const weights = attribution.some((share) => share > 0) ? attribution : into.slice();
    const sum = weights.reduce((a, b) => a + b, 0);
    for (let family = 0; family < families; family++) into[family]! += (fromForest * weights[family]!) / sum;
  }

  return {
    total,
    recurrence,
    cells: all,
    contributions(row) {
      if (total[row] === 0) return [];
      const parts = new Float64Array(families);
      combineFamilies(familiesOf(row), correlation, parts);
      addForest(row, parts);
      const scale = total[row]! / raw[row]!;
      const out: Contribution[] = [];
      for (let family = 0; family < families; family++) {
        const part = parts[family]! * scale;
        if (part <= 0) continue;
        const at = row * families + family;
        const rest = SECOND_SHARE * second[at]!;
        const lead = best[at]! / (best[at]! + rest);
        out.push({ feature: bestFeature[at]!, cell: bestCell[at]!, nats: part * lead });
        if (rest > 0) out.push({ feature: secondFeature[at]!, cell: secondCell[at]!, nats: part * (1 - lead) });
      }
      return out.sort((a, b) => b.nats - a.nats || a.feature - b.feature);
    },
  };
}
