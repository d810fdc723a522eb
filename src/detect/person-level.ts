import type { FeatureTable } from '../domain/features.ts';
import type { Places } from './changes-of-place.ts';

/**
 * Evidence in the light of the person's other days.
 *
 * What somebody shows on half of their days is how they are: their median evidence over the other days within 60 days is
 * taken off (in part while there are few days), leaving at least a tenth. And what recurs weighs more: the evidence of
 * the 21 days before, fading by a tenth a day, raises a day's evidence by up to three times.
 */

const LEVEL_DAYS = 60;
/** With fewer other days than this the level counts in part: newcomers have no level yet. */
const LEVEL_FULL_DAYS = 20;
const LEAST_LEFT = 0.1;
const RECURRENCE_DAYS = 21;
const FADING = 0.9;
const RECURRENCE_GAIN = 2;
/** Earlier evidence that gives half of the gain, nats. */
const HALF_GAIN_NATS = 20;

export interface LevelledEvidence {
  /** Nats per row. */
  total: Float64Array;
  /** By how much the days before raised it, 1 to 3. */
  recurrence: Float64Array;
}

const medianOf = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

export function levelByPerson(
  raw: Float64Array,
  { person, day }: Pick<FeatureTable, 'person' | 'day'>,
  places: Pick<Places, 'historyStart'> = { historyStart: () => 0 },
): LevelledEvidence {
  const rows = raw.length;
  const left = new Float64Array(rows);
  const total = new Float64Array(rows);
  const recurrence = new Float64Array(rows).fill(1);
  for (let start = 0; start < rows; ) {
    let end = start;
    while (end < rows && person[end] === person[start]) end++;
    for (let row = start; row < end; row++) {
      if (raw[row] === 0) continue;
      const others: number[] = [];
      for (let other = start; other < end; other++)
        if (other !== row && Math.abs(day[other]! - day[row]!) <= LEVEL_DAYS) others.push(raw[other]!);
      const level = medianOf(others) * Math.min(1, others.length / LEVEL_FULL_DAYS);
      left[row] = Math.max(LEAST_LEFT * raw[row]!, raw[row]! - level);
      const since = Math.max(start, places.historyStart(row));
      let earlier = 0;
      for (let other = row - 1; other >= since && day[row]! - day[other]! <= RECURRENCE_DAYS; other--)
        earlier += left[other]! * FADING ** (day[row]! - day[other]!);
      recurrence[row] = 1 + (RECURRENCE_GAIN * earlier) / (earlier + HALF_GAIN_NATS);
      total[row] = left[row]! * recurrence[row]!;
    }
    start = end;
  }
  return { total, recurrence };
}
