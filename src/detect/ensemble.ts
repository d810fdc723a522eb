import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { orderByContent, spreadRows } from '../numeric/row-order.ts';
import { COVARIANCE_DETECTOR } from './density-covariance.ts';
import { createNeighbourDetector } from './density-neighbours.ts';
import { TAIL_DETECTOR } from './density-tails.ts';
import { type Detector, type FitOptions, type FittedDetector, takeRow } from './detector.ts';
import { type Calibration, learnCalibration, surpriseOfScore } from './ensemble-calibration.ts';
import { createForestDetector } from './forest-detector.ts';

/**
 * Four views that fail in different ways: isolation, distance in samples at two scales, tails of single columns, and linear
 * relations. Each score becomes a surprise (-ln of its tail probability among the rows of the fit); the ensemble is
 * their weighed power mean of order 3, a soft maximum: strong evidence in one view counts more than some in all.
 *
 * Isolation has the largest weight because it is the view least often badly wrong; the others depend on one another (a row
 * far out in one column is far from its neighbours and from the centre too) and share the rest. The weights are
 * fixed: nothing is tuned to a table, and no label is used.
 */
const MEMBERS: readonly { detector: Detector; weight: number }[] = [
  { detector: createForestDetector('forest-256', { trees: 500, maxSampleSize: 256 }), weight: 2 / 3 },
  { detector: createNeighbourDetector(64, 16), weight: 1 / 12 },
  { detector: createNeighbourDetector(64, 64), weight: 1 / 12 },
  { detector: TAIL_DETECTOR, weight: 1 / 12 },
  { detector: COVARIANCE_DETECTOR, weight: 1 / 12 },
];
const ORDER = 3;

/** Rows whose scores the tail probabilities are read from. */
const CALIBRATION_ROWS = 65_536;

interface Member {
  fitted: FittedDetector;
  calibration: Calibration;
  weight: number;
}

export const ENSEMBLE_DETECTOR: Detector = {
  id: 'ensemble',
  async fit(matrix, options) {
    const members = await fitMembers(matrix, options);
    return {
      async score(rows) {
        const powers = new Float64Array(rows.rows);
        for (const member of members) addPowers(member, await member.fitted.score(rows), powers);
        return powers.map((power) => power ** (1 / ORDER));
      },
      scoreSync(rows) {
        const powers = new Float64Array(rows.rows);
        for (const member of members) addPowers(member, member.fitted.scoreSync(rows), powers);
        return powers.map((power) => power ** (1 / ORDER));
      },
      attribute(rows, row) {
        const perColumn = new Float64Array(rows.columns);
        const one = takeRow(rows, row);
        let power = 0;
        for (const member of members) power += creditMember(member, one, perColumn);
        // Shares of the mean power become shares of its root.
        const scale = power > 0 ? power ** (1 / ORDER) / power : 0;
        return { baseline: 0, perColumn: perColumn.map((value) => value * scale) };
      },
    };
  },
};

async function fitMembers(matrix: Matrix, options: FitOptions): Promise<Member[]> {
  const known = takeRows(matrix, spreadRows(orderByContent(matrix), CALIBRATION_ROWS));
  const members: Member[] = [];
  for (const { detector, weight } of MEMBERS) {
    const fitted = await detector.fit(matrix, options);
    members.push({ fitted, calibration: learnCalibration(await fitted.score(known)), weight });
  }
  return members;
}

function takeRows({ columns, data }: Matrix, rows: Uint32Array): Matrix {
  const taken = createMatrix(rows.length, columns);
  for (const [i, row] of rows.entries()) taken.data.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  return taken;
}

const powerOf = ({ calibration, weight }: Member, score: number) =>
  weight * surpriseOfScore(calibration, score) ** ORDER;

function addPowers(member: Member, scores: Float64Array, into: Float64Array): void {
  for (let row = 0; row < into.length; row++) into[row]! += powerOf(member, scores[row]!);
}

/** A member's part goes to the columns that raised its score, in proportion; returns the part. */
function creditMember(member: Member, one: Matrix, perColumn: Float64Array): number {
  const power = powerOf(member, member.fitted.scoreSync(one)[0]!);
  const raised = member.fitted.attribute(one, 0).perColumn.map((value) => Math.max(0, value));
  const sum = raised.reduce((total, value) => total + value, 0);
  for (let column = 0; column < perColumn.length; column++)
    perColumn[column]! += power * (sum > 0 ? raised[column]! / sum : 1 / perColumn.length);
  return power;
}
