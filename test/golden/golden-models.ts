import { existsSync, writeFileSync } from 'node:fs';
import { DETECTORS } from '../../src/detect/detectors.ts';
import { decodeArrays } from '../../src/numeric/array-file.ts';
import { createMatrix, type Matrix } from '../../src/numeric/matrix.ts';
import { createRandom } from '../../src/numeric/random.ts';

/** The rows that the models in `models/` were fitted on and whose scores are kept beside them. */
export function goldenRows(): Matrix {
  const random = createRandom(9);
  const matrix = createMatrix(40, 3);
  for (let i = 0; i < matrix.data.length; i++) matrix.data[i] = random.normal();
  for (let row = 38; row < 40; row++) matrix.data[row * 3]! += 6;
  return matrix;
}

/** Adds the files of format versions that have none yet; files that are there are never written again. */
async function writeMissing(): Promise<void> {
  for (const detector of DETECTORS) {
    const fitted = await detector.fit(goldenRows(), { seed: 2, threads: 1 });
    const bytes = fitted.save();
    const { kind, version } = decodeArrays(bytes);
    const file = new URL(`models/${kind}-${version}.bin`, import.meta.url);
    if (existsSync(file)) continue;
    writeFileSync(file, bytes);
    const scores = JSON.stringify(Array.from(fitted.scoreSync(goldenRows())));
    writeFileSync(new URL(`models/${kind}-${version}.json`, import.meta.url), `${scores}\n`);
  }
}

if (import.meta.main) await writeMissing();
