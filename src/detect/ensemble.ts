import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { orderByContent, spreadRows } from '../numeric/row-order.ts';
import { COVARIANCE_DETECTOR } from './density-covariance.ts';
import { createNeighbourDetector } from './density-neighbours.ts';
import { ECOD_DETECTOR } from './density-tails.ts';
import { type Detector, type FitOptions, type FittedDetector, takeRow } from './detector.ts';
import { type Calibration, learnCalibration, surpriseOfScore } from './ensemble-calibration.ts';
import { createForestDetector } from './forest-detector.ts';
import { loadModel, type SavedForm, saveModel } from './saved-model.ts';

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
  { detector: ECOD_DETECTOR, weight: 1 / 12 },
  { detector: COVARIANCE_DETECTOR, weight: 1 / 12 },
];
const ORDER = 3;

/** Rows whose scores the tail probabilities are read from. */
const CALIBRATION_ROWS = 65_536;

interface Member {
  detector: Detector;
  fitted: FittedDetector;
  calibration: Calibration;
  weight: number;
}

export const ENSEMBLE_DETECTOR: Detector = {
  id: 'ensemble',
  kind: 'ensemble',
  fit: async (matrix, options) => createEnsemble(await fitMembers(matrix, options)),
  load(bytes, options) {
    const members = loadModel(ENSEMBLE_FORM, bytes);
    return createEnsemble(
      members.map(({ saved, ...member }) => ({ ...member, fitted: member.detector.load(saved, options) })),
    );
  },
};

function createEnsemble(members: readonly Member[]): FittedDetector {
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
    save: () =>
      saveModel(
        ENSEMBLE_FORM,
        members.map(({ fitted, ...member }) => ({ ...member, saved: fitted.save() })),
      ),
  };
}

async function fitMembers(matrix: Matrix, options: FitOptions): Promise<Member[]> {
  const known = takeRows(matrix, spreadRows(orderByContent(matrix), CALIBRATION_ROWS));
  const members: Member[] = [];
  for (const { detector, weight } of MEMBERS) {
    const fitted = await detector.fit(matrix, options);
    members.push({ detector, fitted, calibration: learnCalibration(await fitted.score(known)), weight });
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

type SavedMember = Omit<Member, 'fitted'> & { saved: Uint8Array };

/** The views in their own saved forms, each beside its weight and calibration. The power is part of the format version. */
const ENSEMBLE_FORM: SavedForm<readonly SavedMember[]> = {
  kind: 'ensemble',
  version: 1,
  write: (members) => ({
    values: {
      members: members.length,
      kinds: members.map(({ detector }) => detector.kind),
      weights: members.map(({ weight }) => weight),
      tailScales: members.map(({ calibration }) => calibration.tailScale),
    },
    arrays: Object.fromEntries(
      members.flatMap(({ saved, calibration }, i) => [
        [`view ${i}`, saved],
        [`calibration ${i}`, calibration.sorted],
      ]),
    ),
  }),
  read(saved) {
    const listOf = (name: string): unknown[] => {
      const list = saved.values[name];
      return Array.isArray(list) ? list : [];
    };
    const numberOf = (name: string, i: number): number => {
      const value = listOf(name)[i] as number;
      saved.require(Number.isFinite(value) && value >= 0, `${name} holds no number`);
      return value;
    };
    return Array.from({ length: saved.count('members', MOST_MEMBERS) }, (_, i) => {
      const detector = MEMBERS.find((member) => member.detector.kind === listOf('kinds')[i])?.detector;
      saved.require(detector !== undefined, 'it has a view that is not known');
      const sorted = saved.array(`calibration ${i}`, Float64Array);
      saved.require(
        sorted.every((value, at) => at === 0 || value >= sorted[at - 1]!),
        'a calibration is not in order',
      );
      return {
        detector: detector!,
        saved: saved.array(`view ${i}`, Uint8Array),
        weight: numberOf('weights', i),
        calibration: { sorted, tailScale: numberOf('tailScales', i) },
      };
    });
  },
};
const MOST_MEMBERS = 64;
