import type { Matrix } from '../numeric/matrix.ts';

/** Share of the variance of all columns together that a division of the rows explains: one-way analysis of variance,
 * adjusted R2, so that an unrelated division gets about 0 however many groups it has. 0-1; rows labelled negative are left
 * out; 0 when there is nothing to compare. */
export function explainedShare({ rows, columns, data }: Matrix, labels: Int32Array): number {
  let groups = 0;
  for (const label of labels) groups = Math.max(groups, label + 1);
  const sums = new Float64Array(groups * columns);
  const counts = new Float64Array(groups);
  const total = new Float64Array(columns);
  let squares = 0;
  let n = 0;
  for (let i = 0; i < rows; i++) {
    const g = labels[i]!;
    if (g < 0) continue;
    n++;
    counts[g]!++;
    for (let c = 0; c < columns; c++) {
      const x = data[i * columns + c]!;
      sums[g * columns + c]! += x;
      total[c]! += x;
      squares += x * x;
    }
  }
  const used = counts.filter((count) => count > 0).length;
  if (used < 2 || n - used < 2) return 0;
  let correction = 0;
  for (const x of total) correction += (x * x) / n;
  let between = -correction;
  for (let g = 0; g < groups; g++)
    for (let c = 0; c < columns && counts[g]! > 0; c++) between += sums[g * columns + c]! ** 2 / counts[g]!;
  const all = squares - correction;
  if (!(all > 1e-12)) return 0;
  return Math.max(0, 1 - (all - between) / (n - used) / (all / (n - 1)));
}
