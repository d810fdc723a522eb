import { createMatrix, type Matrix } from '../numeric/matrix.ts';

/** Deviations beyond this many robust standard deviations count as this many: one wild day makes no group. */
const CLIP = 4;

export interface VolumeScaler {
  readonly centre: Float64Array;
  readonly scale: Float64Array;
  /** Mean and deviation of the clipped values, so that every live column ends with variance 1; 0 = dead column. */
  readonly mean: Float64Array;
  readonly unit: Float64Array;
}

/** Robust z per column: median and MAD, standard deviation where more than half the values are the same. Infinite values
 * count as unknown. @param rows rows to learn from */
export function fitVolumeScaler(volumes: Matrix, rows: Int32Array): VolumeScaler {
  const { columns, data } = volumes;
  const make = () => new Float64Array(columns);
  const scaler = { centre: make(), scale: make(), mean: make(), unit: make() };
  const values = new Float64Array(rows.length);
  for (let c = 0; c < columns; c++) {
    let known = 0;
    for (const row of rows) {
      const value = data[row * columns + c]!;
      if (Number.isFinite(value)) values[known++] = value;
    }
    if (known < 2) continue;
    const column = values.slice(0, known).sort();
    const median = middleOf(column);
    const mad = middleOf(column.map((value) => Math.abs(value - median)).sort()) * 1.4826;
    const scale = mad > 1e-9 ? mad : momentsOf(column).deviation;
    if (!(scale > 1e-9)) continue;
    const clipped = column.map((value) => clip((value - median) / scale));
    const { mean, deviation } = momentsOf(clipped);
    scaler.centre[c] = median;
    scaler.scale[c] = scale;
    scaler.mean[c] = mean;
    scaler.unit[c] = deviation > 1e-9 ? 1 / deviation : 0;
  }
  return scaler;
}

/** Same shape; unknown values and dead columns give 0, the average. */
export function scaleVolumes(volumes: Matrix, scaler: VolumeScaler): Matrix {
  const { rows, columns, data } = volumes;
  const out = createMatrix(rows, columns);
  for (let i = 0; i < rows; i++)
    for (let c = 0; c < columns; c++) {
      const value = data[i * columns + c]!;
      if (scaler.unit[c] === 0 || !Number.isFinite(value)) continue;
      const z = clip((value - scaler.centre[c]!) / scaler.scale[c]!);
      out.data[i * columns + c] = (z - scaler.mean[c]!) * scaler.unit[c]!;
    }
  return out;
}

const clip = (z: number): number => Math.max(-CLIP, Math.min(CLIP, z));

function middleOf(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
