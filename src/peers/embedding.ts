import { sampleRows, takeRows } from '../numeric/cluster-metrics.ts';
import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { seedFor } from '../numeric/random.ts';
import { multiply } from '../numeric/top-eigenpairs.ts';
import { type AttributeName, attributeStrength, expectedBehaviour, fitAttributes } from './attribute-block.ts';
import { learnBlockWeights } from './block-weights.ts';
import type { BehaviourWindow, PeerInput, PersonAttributes } from './ports.ts';
import { mainAxes } from './principal-axes.ts';
import { fitResourceSpace, projectResources } from './resource-block.ts';
import { centreRoots, meanRoots, normaliseShares, smoothRhythm } from './share-block.ts';
import { fitVolumeScaler, scaleVolumes } from './volume-block.ts';

const BLOCK_AXES = { volumes: 24, rhythm: 12, resources: 40, transitions: 12 } as const;
const EMBEDDING_AXES = 48;
const AXES_SAMPLE = 20_000;
/** Axis of variance v is stretched by v^-DAMPING, so that one common factor ("busy or not") does not drown the rest. */
const DAMPING = 0.25;

export interface Embedding {
  /** n x d, axes by falling variance. */
  readonly positions: Matrix;
  readonly recent: Matrix | undefined;
  readonly attributeWeights: Record<AttributeName, number>;
  /** Position each person would have with other attributes and the same behaviour. */
  withAttributes(attributes: readonly (PersonAttributes | undefined)[]): Matrix;
}

export interface Block {
  readonly name: keyof typeof BLOCK_AXES;
  readonly window: Matrix;
  readonly recent: Matrix | undefined;
}

/** Places people so that Euclidean distance means difference in behaviour: volumes, weekly rhythm, resources, transitions
 * and, as far as they predict the rest, static attributes. Axes are learned from a sample of at most 20,000 people: their
 * error falls with the root of the number, and the cost grows with it. @param shaping people to learn from */
export function embedPeople(input: PeerInput, shaping: Int32Array): Embedding {
  const sampled = sampleRows(shaping.length, AXES_SAMPLE, seedFor(input.seed, 'axes'));
  const rows = sampled.map((at) => shaping[at]!);
  const found = behaviourBlocks(input, rows);
  const weights = learnBlockWeights(
    found.map(({ window }) => window),
    rows,
    input.seed,
  );
  const blocks = found.map((block, b) => scaleBlock(block, rows, weights[b]!));
  const behaviour = concatenate(blocks.map((block) => block.window));
  const recentBehaviour = input.recent ? concatenate(blocks.map((block) => block.recent!)) : undefined;
  return addAttributes(input, shaping, rows, behaviour, recentBehaviour);
}

/** Each kind of behaviour on its own axes, not yet weighed. */
export function behaviourBlocks(input: PeerInput, rows: Int32Array): Block[] {
  const { recent, seed } = input;
  const scaler = fitVolumeScaler(input.volumes, rows);
  const volumes = bothWindows('volumes', input, recent, (window) => scaleVolumes(window.volumes, scaler));
  const rhythm = bothWindows('rhythm', input, recent, (window) => smoothRhythm(normaliseShares(window.rhythm)));
  const space = fitResourceSpace(input.resources, rows, BLOCK_AXES.resources, seedFor(seed, 'resources'));
  const resources = bothWindows('resources', input, recent, (window) => projectResources(window.resources, space));
  const blocks = [rotateBlock(volumes, rows, seed), rotateBlock(centreShares(rhythm, rows), rows, seed), resources];
  if (!input.transitions || (recent && !recent.transitions)) return blocks;
  const transitions = bothWindows('transitions', input, recent, (window) => normaliseShares(window.transitions!));
  return [...blocks, rotateBlock(centreShares(transitions, rows), rows, seed)];
}

function bothWindows(
  name: Block['name'],
  input: BehaviourWindow,
  recent: BehaviourWindow | undefined,
  compute: (window: BehaviourWindow) => Matrix,
): Block {
  return { name, window: compute(input), recent: recent ? compute(recent) : undefined };
}

function centreShares({ name, window, recent }: Block, rows: Int32Array): Block {
  const mean = meanRoots(window, rows);
  return { name, window: centreRoots(window, mean), recent: recent ? centreRoots(recent, mean) : undefined };
}

function rotateBlock({ name, window, recent }: Block, rows: Int32Array, seed: number): Block {
  const { axes, variances } = mainAxes(takeRows(window, rows), BLOCK_AXES[name], 0.95, seedFor(seed, name));
  for (let k = 0; k < axes.columns; k++) {
    const stretch = (variances[k]! / variances[0]!) ** -DAMPING;
    for (let c = 0; c < axes.rows; c++) axes.data[c * axes.columns + k]! *= stretch;
  }
  return { name, window: multiply(window, axes), recent: recent ? multiply(recent, axes) : undefined };
}

/** Brings the mean squared length of the rows to `variance`; a block without any stays as it is. */
function scaleBlock({ name, window, recent }: Block, rows: Int32Array, variance: number): Block {
  const squares = meanSquare(window, rows);
  const scale = squares > 1e-18 ? Math.sqrt(variance / squares) : 0;
  for (const matrix of recent ? [window, recent] : [window])
    for (let i = 0; i < matrix.data.length; i++) matrix.data[i]! *= scale;
  return { name, window, recent };
}

export function meanSquare({ columns, data }: Matrix, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) for (let c = 0, at = row * columns; c < columns; c++) sum += data[at + c]! ** 2;
  return rows.length ? sum / rows.length : 0;
}

function concatenate(parts: readonly Matrix[]): Matrix {
  const rows = parts[0]?.rows ?? 0;
  const out = createMatrix(
    rows,
    parts.reduce((sum, part) => sum + part.columns, 0),
  );
  for (let i = 0; i < rows; i++) {
    let at = i * out.columns;
    for (const part of parts) {
      out.data.set(part.data.subarray(i * part.columns, (i + 1) * part.columns), at);
      at += part.columns;
    }
  }
  return out;
}

/** People seen on few days are drawn towards what their attributes let expect: with a active days, 1 / (a + 1) of the way. */
function addAttributes(
  input: PeerInput,
  shaping: Int32Array,
  rows: Int32Array,
  behaviour: Matrix,
  recentBehaviour: Matrix | undefined,
): Embedding {
  const attributes = input.attributes ?? input.people.map(() => undefined);
  const space = fitAttributes(behaviour, attributes, shaping);
  const strength = attributeStrength(space);
  const expected = expectedBehaviour(space, attributes, behaviour.columns);
  const squares = meanSquare(expected, rows);
  const scale = squares > 1e-18 ? Math.sqrt((0.5 * strength * meanSquare(behaviour, rows)) / squares) : 0;
  const assemble = (observed: Matrix, hoped: Matrix): Matrix => {
    const d = observed.columns;
    const out = createMatrix(observed.rows, 2 * d);
    for (let i = 0; i < observed.rows; i++) {
      const seen = input.activeDays[i]! > 0 ? input.activeDays[i]! / (input.activeDays[i]! + 1) : 0;
      for (let c = 0; c < d; c++) {
        const hope = hoped.data[i * d + c]!;
        out.data[i * 2 * d + c] = seen * observed.data[i * d + c]! + (1 - seen) * hope;
        out.data[i * 2 * d + d + c] = scale * hope;
      }
    }
    return out;
  };
  const full = assemble(behaviour, expected);
  const { axes } = mainAxes(takeRows(full, rows), EMBEDDING_AXES, 0.99, seedFor(input.seed, 'embedding'));
  return {
    positions: multiply(full, axes),
    recent: recentBehaviour ? multiply(assemble(recentBehaviour, expected), axes) : undefined,
    attributeWeights: space.weights,
    withAttributes: (others) =>
      multiply(assemble(behaviour, expectedBehaviour(space, others, behaviour.columns)), axes),
  };
}
