import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { orderByContent, spreadRows } from '../numeric/row-order.ts';
import { createNeighbourDetector } from './density-neighbours.ts';
import { TAIL_DETECTOR } from './density-tails.ts';
import { type Detector, type FitOptions, type FittedDetector, takeRow } from './detector.ts';
import { type Calibration, learnCalibration, surpriseOfScore } from './ensemble-calibration.ts';
import { createForestDetector } from './forest-detector.ts';

/**
 * Three views that fail in different ways: isolation, distance in samples, and tails of single columns. Each score becomes
 * a surprise (-ln of its tail probability among the rows of the fit); the ensemble is their weighed mean. The two sample
 * sizes see much the same and share one weight, as they would only repeat each other; tails get half a weight, as
 * they cannot see combinations. The weights are fixed: nothing is tuned to a table, and no label is used.
 */
const MEMBERS: readonly { detector: Detector; weight: number }[] = [
  { detector: createForestDetector('forest-256', { maxSampleSize: 256 }), weight: 0.4 },
  { detector: createNeighbourDetector(64, 16), weight: 0.2 },
  { detector: createNeighbourDetector(64, 64), weight: 0.2 },
  { detector: TAIL_DETECTOR, weight: 0.2 },
];

/** Rows whose scores the tail probabilities are read from. */
const CALIBRATION_ROWS = 20_000;

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
        const scores = new Float64Array(rows.rows);
        for (const member of members) addSurprise(member, await member.fitted.score(rows), scores);
        return scores;
      },
      scoreSync(rows) {
        const scores = new Float64Array(rows.rows);
        for (const member of members) addSurprise(member, member.fitted.scoreSync(rows), scores);
        return scores;
      },
      attribute(rows, row) {
        const perColumn = new Float64Array(rows.columns);
        for (const member of members) creditMember(member, takeRow(rows, row), perColumn);
        return { baseline: 0, perColumn };
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

function addSurprise({ calibration, weight }: Member, scores: Float64Array, into: Float64Array): void {
  for (let row = 0; row < into.length; row++) into[row]! += weight * surpriseOfScore(calibration, scores[row]!);
}

/** A member's surprise goes to the columns that raised its score, in proportion; the sum over members is the score. */
function creditMember({ fitted, calibration, weight }: Member, one: Matrix, perColumn: Float64Array): void {
  const surprise = weight * surpriseOfScore(calibration, fitted.scoreSync(one)[0]!);
  const raised = fitted.attribute(one, 0).perColumn.map((value) => Math.max(0, value));
  const sum = raised.reduce((total, value) => total + value, 0);
  for (let column = 0; column < perColumn.length; column++)
    perColumn[column]! += surprise * (sum > 0 ? raised[column]! / sum : 1 / perColumn.length);
}
