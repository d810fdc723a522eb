import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNeighbourDetector } from '../../src/detect/density-neighbours.ts';
import type { Detector } from '../../src/detect/detector.ts';
import { DETECTORS, loadDetector } from '../../src/detect/detectors.ts';
import { decodeArrays } from '../../src/numeric/array-file.ts';
import { createMatrix, type Matrix } from '../../src/numeric/matrix.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { measureRanking } from '../../src/numeric/ranking.ts';
import { goldenRows } from '../golden/golden-models.ts';

/** Every detector that can be named, and every part that one is made of. */
const ALL: readonly Detector[] = [...DETECTORS, createNeighbourDetector(16, 16)];

/** A row moved away from the middle along one column never scores lower. The network promises nothing. */
const MONOTONE = ALL.filter(({ id }) => id !== 'autoencoder');

const COLUMNS = 5;
const ROWS = 300;
const ODD = 6;

/** Three correlated columns, a count and a noise column; the last rows are far out in the first two. */
function table(rows = ROWS, seed = 1): Matrix {
  const random = createRandom(seed);
  const matrix = createMatrix(rows, COLUMNS);
  for (let row = 0; row < rows; row++) {
    const [a, b] = [random.normal(), random.normal()];
    const far = row >= rows - ODD ? 5 : 0;
    matrix.data.set(
      [a + far, b - far, a + b + 0.1 * random.normal(), random.int(4), 100 * random.normal()],
      row * COLUMNS,
    );
  }
  return matrix;
}

async function run(detector: Detector, matrix: Matrix, seed = 11, threads = 1, scored = matrix): Promise<Float64Array> {
  return (await detector.fit(matrix, { seed, threads })).score(scored);
}

function edit(matrix: Matrix, change: (data: Float64Array) => void): Matrix {
  const data = matrix.data.slice();
  change(data);
  return { ...matrix, data };
}

const allFinite = (scores: Float64Array) => scores.every(Number.isFinite);

describe.each(ALL)('$id', (detector) => {
  const matrix = table();

  it('repeats with the seed', async () => {
    expect(await run(detector, matrix)).toEqual(await run(detector, matrix));
  });

  it('ranks what stands apart above the rest, and tells rows apart', async () => {
    const scores = await run(detector, matrix);
    const labels = Uint8Array.from({ length: ROWS }, (_, row) => (row >= ROWS - ODD ? 1 : 0));
    expect(measureRanking(scores, labels).aucRoc).toBeGreaterThan(0.95);
    expect(new Set(scores).size).toBeGreaterThan(ROWS / 2);
  });

  it('gives every row the same score in any order of rows', async () => {
    const random = createRandom(5);
    const order = Array.from({ length: ROWS }, (_, i) => i);
    for (let i = ROWS - 1; i > 0; i--) {
      const j = random.int(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    const shuffled = createMatrix(ROWS, COLUMNS);
    for (const [to, from] of order.entries())
      shuffled.data.set(matrix.data.subarray(from * COLUMNS, (from + 1) * COLUMNS), to * COLUMNS);
    const before = await run(detector, matrix);
    const after = await run(detector, shuffled);
    expect(Array.from(after)).toEqual(order.map((from) => before[from]));
  });

  it('adds its attribution up to the score, on this thread as on others', async () => {
    const fitted = await detector.fit(matrix, { seed: 11, threads: 1 });
    const scores = await fitted.score(matrix);
    expect(fitted.scoreSync(matrix)).toEqual(scores);
    for (const row of [0, 151, ROWS - 1]) {
      const { baseline, perColumn } = fitted.attribute(matrix, row);
      expect(perColumn.length).toBe(COLUMNS);
      expect(baseline + perColumn.reduce((a, b) => a + b, 0)).toBeCloseTo(scores[row]!, 9);
    }
    const { perColumn } = fitted.attribute(matrix, ROWS - 1);
    const [first, second] = Array.from(perColumn.keys()).sort((a, b) => perColumn[b]! - perColumn[a]!);
    expect([first, second].some((column) => column! < 3)).toBe(true);
  });

  it('scores rows it was not fitted on, and refuses other columns', async () => {
    const fitted = await detector.fit(matrix, { seed: 11, threads: 1 });
    const fresh = await fitted.score(table(50, 2));
    expect(fresh.length).toBe(50);
    expect(allFinite(fresh)).toBe(true);
    await expect(fitted.score(createMatrix(3, COLUMNS + 1))).rejects.toThrow(RangeError);
  });

  it('survives constant columns and a constant table', async () => {
    const constant = edit(matrix, (data) => {
      for (let row = 0; row < ROWS; row++) data[row * COLUMNS + 3] = 7;
    });
    expect(allFinite(await run(detector, constant))).toBe(true);
    const flat = await run(
      detector,
      edit(matrix, (data) => data.fill(3)),
    );
    expect(allFinite(flat)).toBe(true);
    expect(new Set(flat).size).toBe(1);
  });

  it('survives no rows, no columns, and one row or two', async () => {
    expect((await run(detector, createMatrix(0, COLUMNS))).length).toBe(0);
    expect(allFinite(await run(detector, createMatrix(0, COLUMNS), 1, 1, table(3)))).toBe(true);
    expect(allFinite(await run(detector, createMatrix(4, 0)))).toBe(true);
    for (const rows of [1, 2]) expect(allFinite(await run(detector, table(8, 3), 1, 1, table(rows, 4)))).toBe(true);
    for (const rows of [1, 2]) expect(allFinite(await run(detector, table(rows, 4)))).toBe(true);
  });

  it('survives missing values, and columns of nothing else', async () => {
    const random = createRandom(8);
    const holes = edit(matrix, (data) => {
      for (let i = 0; i < data.length; i++) if (random.next() < 0.2) data[i] = Number.NaN;
      for (let row = 0; row < ROWS; row++) data[row * COLUMNS + 4] = Number.NaN;
      data.fill(Number.NaN, 0, COLUMNS);
    });
    const scores = await run(detector, holes);
    expect(allFinite(scores)).toBe(true);
    // A row without any value is no evidence of anything.
    expect(scores[0]!).toBeLessThan(scores.slice().sort()[Math.floor(ROWS * 0.9)]!);
  });

  it('survives extreme values', async () => {
    const extremes = [1e308, -1e308, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE, -0];
    const wild = edit(matrix, (data) => {
      for (const [i, value] of extremes.entries()) data[i * COLUMNS + (i % COLUMNS)] = value;
    });
    const scores = await run(detector, wild);
    expect(allFinite(scores)).toBe(true);
    const fitted = await detector.fit(matrix, { seed: 1, threads: 1 });
    const attribution = fitted.attribute(wild, 0).perColumn;
    expect(allFinite(attribution)).toBe(true);
    expect(allFinite(await fitted.score(wild))).toBe(true);
  });

  it('comes back from its saved form and scores to the bit as before', async () => {
    const fitted = await detector.fit(matrix, { seed: 11, threads: 1 });
    const bytes = fitted.save();
    const again = detector.load(bytes);
    expect(again.save()).toEqual(bytes);
    const fresh = table(40, 2);
    expect(await again.score(fresh)).toEqual(await fitted.score(fresh));
    expect(again.attribute(fresh, 39)).toEqual(fitted.attribute(fresh, 39));
    for (const small of [createMatrix(0, COLUMNS), createMatrix(4, 0), table(1)]) {
      const empty = await detector.fit(small, { seed: 1, threads: 1 });
      expect(detector.load(empty.save()).scoreSync(small)).toEqual(empty.scoreSync(small));
    }
  });

  it('refuses a saved form that is cut off, of a later version or of another kind, and survives any other damage', async () => {
    const bytes = (await detector.fit(table(60), { seed: 11, threads: 1 })).save();
    const header = new TextDecoder('latin1').decode(bytes.subarray(0, 400));
    const edited = (from: string, to: string) => {
      const changed = bytes.slice();
      const at = header.indexOf(from);
      expect(at).toBeGreaterThan(0);
      changed.set(new TextEncoder().encode(to), at);
      return changed;
    };
    expect(() => detector.load(bytes.subarray(0, bytes.length - 8))).toThrow(/cut off/);
    expect(() => detector.load(edited('"version":', '"version":9'))).toThrow();
    expect(() =>
      detector.load(edited(`"kind":"${detector.kind}`, `"kind":"${'x'.repeat(detector.kind.length)}`)),
    ).toThrow(/another kind/);
    const rows = table(3, 2);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          detector.load(changed).scoreSync(rows);
        } catch (error) {
          if (!(error instanceof RangeError))
            expect((error as { code?: string }).code).toMatch(/INPUT_INVALID|DATA_FORMAT/);
        }
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('stops before it begins when it is stopped', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(detector.fit(matrix, { seed: 1, signal }).then((fitted) => fitted.score(matrix))).rejects.toThrow(
      'enough',
    );
  });
});

describe.each(DETECTORS)('$id in threads', (detector) => {
  it('is the same on one thread and on three', async () => {
    const large = table(12_000, 6);
    expect(await run(detector, large, 3, 3)).toEqual(await run(detector, large, 3, 1));
  });
});

describe.each(MONOTONE)('$id on the way out', (detector) => {
  it('never scores a row lower that is further from the middle in one column', async () => {
    const fitted = await detector.fit(table(), { seed: 11, threads: 1 });
    const steps = [5, 8, 13, 21, 200, 3e5];
    for (let column = 0; column < COLUMNS; column++)
      for (const side of [-1, 1]) {
        const way = createMatrix(steps.length, COLUMNS);
        for (const [i, step] of steps.entries()) {
          way.data.set([0, 0, 0, 1.5, 0], i * COLUMNS);
          way.data[i * COLUMNS + column] = side * step * (column === 4 ? 100 : 1);
        }
        const scores = Array.from(fitted.scoreSync(way));
        for (let i = 1; i < scores.length; i++) expect(scores[i]).toBeGreaterThanOrEqual(scores[i - 1]! - 1e-9);
      }
  });
});

describe('saved models of every format version ever released', () => {
  const folder = new URL('../golden/models/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.bin'));
  const rows = goldenRows();

  it.each(files)('%s scores as then', async (name) => {
    const bytes = readFileSync(new URL(name, folder));
    const expected: number[] = JSON.parse(readFileSync(new URL(name.replace('.bin', '.json'), folder), 'utf8'));
    const scores = Array.from(loadDetector(bytes).scoreSync(rows));
    expect(scores).toEqual(expected.map((score) => expect.closeTo(score, 12)));
  });

  it('are there for every detector at its version of today', async () => {
    for (const detector of DETECTORS) {
      const { kind, version } = decodeArrays((await detector.fit(table(9), { seed: 1 })).save());
      expect(files).toContain(`${kind}-${version}.bin`);
    }
  });

  it('are refused when no detector has such models', () => {
    const bytes = readFileSync(new URL('ecod-1.bin', folder));
    bytes.set(new TextEncoder().encode('none'), bytes.indexOf('ecod'));
    expect(() => loadDetector(bytes)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});
