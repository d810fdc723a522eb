import type { FeatureInfo } from '../domain/features.ts';
import { GrowingColumns } from '../numeric/growing-columns.ts';
import { meanDeviation, medianInPlace } from '../numeric/robust.ts';
import type { Places } from './changes-of-place.ts';
import { isMonthEnd } from './month-end.ts';
import type { PersonDayInput } from './ports.ts';

/**
 * A person against their own history.
 *
 * Figures are compared on a log scale. The reference of a person-day is the last 28 days of the same kind (working day or
 * day off) within 60 calendar days; where there are fewer than 10 it borrows the nearest later days, so that the first
 * weeks of data can be judged too. The spread is the reference days' own, drawn towards the company's where days are few:
 * somebody who never copied a file has no spread of their own. Counts also vary by themselves (Poisson), small ones most.
 *
 * A frozen reference (days more than 14 days back) stands beside the moving one: the last 7 active days are compared
 * with it, so that slow growth does not become its own baseline.
 *
 * Around the end of a month the centre rises towards the person's median on earlier month ends, never falls: books are
 * closed every month. Quarter ends are further apart than the history read; what a day does to peers takes care of them.
 *
 * The person's own record limits what the scale says: a figure that the person reached on k of n such days more than two
 * weeks back is no rarer than k / (n + 1), whatever its distance from the median. Work that is done on one day in ten has a median
 * of none. Nearer days are no record: the days of an attack must not excuse each other.
 */

const WINDOW = 28;
const WINDOW_DAYS = 60;
const BORROW_BELOW = 10;
const FROZEN_GAP_DAYS = 14;
const FROZEN_MINIMUM = 5;
const RECENT = 7;
/** So many earlier days of month end count half. */
const SEASON_WEIGHT = 4;
const POOLED_WEIGHT = 4;
const SCALE_FLOOR = 0.25;
const TENURE_DAYS = 10;
/** With fewer reference days than this the company's usual figure has a part in the centre: all of it with none. */
const ENOUGH_DAYS = 8;

/**
 * The person-days on which one feature reached the smallest figure worth a look: the others cannot be unusual and are not
 * stored. Arrays run in parallel, ordered by row.
 */
export interface Cells {
  row: Int32Array;
  /** Median of the reference days in the feature's unit; NaN when there are none. */
  selfMedian: Float32Array;
  selfDays: Float32Array;
  /** Share of the person's own days of the kind, more than two weeks back, that reached the figure; 0 when none did. */
  ownTail: Float32Array;
  /** z against the reference days, log scale. */
  selfZ: Float32Array;
  /** z of the last days against the frozen reference; NaN when there is none. */
  sustainedZ: Float32Array;
}

/** Log scale; bytes are counted in units of the smallest figure worth a look. */
export const logScale = (value: number, { unit, minimum }: FeatureInfo): number =>
  Math.log1p(unit === 'bytes' ? value / minimum : value);

/** The usual figure of everybody on all days, log scale. */
function companyCentre({ table, features }: PersonDayInput, column: number): number {
  const values = Float64Array.from(table.day, (_, row) =>
    logScale(table.values[row * features.length + column]!, features[column]!),
  );
  return medianInPlace(values, values.length);
}

/** Centre and spread over everybody of a feature on people's first, second, ... active day. */
function tenureReference(input: PersonDayInput, column: number): { centre: Float64Array; spread: Float64Array } {
  const { table, features } = input;
  const byTenure: number[][] = Array.from({ length: TENURE_DAYS }, () => []);
  let tenure = 0;
  for (let row = 0; row < table.day.length; row++) {
    tenure = row > 0 && table.person[row] === table.person[row - 1] ? tenure + 1 : 0;
    if (tenure >= TENURE_DAYS) continue;
    byTenure[tenure]!.push(logScale(table.values[row * features.length + column]!, features[column]!));
  }
  const centre = new Float64Array(TENURE_DAYS);
  const spread = new Float64Array(TENURE_DAYS);
  for (const [index, values] of byTenure.entries()) {
    const buffer = Float64Array.from(values);
    centre[index] = medianInPlace(buffer, buffer.length);
    spread[index] = meanDeviation(buffer, buffer.length, centre[index]!);
  }
  return { centre, spread };
}

/** Column positions of the working table: everything that the pooled spread is needed for comes later. */
const [VALUE, MEDIAN, DAYS, CENTRE, SPREAD, RECENT_SUM, RECENT_N, FROZEN_SPREAD, FROZEN_DAYS, OWN_TAIL] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];

export function compareWithSelf(input: PersonDayInput, column: number, places: Places): Cells {
  const { table, features, dayOff } = input;
  const { person, day, values } = table;
  const feature = features[column]!;
  const width = features.length;
  const rows = day.length;
  const cellRow: number[] = [];
  const work = new GrowingColumns(10);
  const tenureStats = feature.fadesWithTenure ? tenureReference(input, column) : undefined;
  const company = companyCentre(input, column);
  const raw = new Float64Array(WINDOW);
  const logged = new Float64Array(WINDOW);
  const frozen = new Float64Array(WINDOW);
  const season = new Float64Array(WINDOW);

  for (let firstRow = 0; firstRow < rows; ) {
    let end = firstRow;
    while (end < rows && person[end] === person[firstRow]) end++;
    for (let row = firstRow; row < end; row++) {
      const value = values[row * width + column]!;
      if (!(value >= feature.minimum)) continue;
      const start = Math.max(firstRow, places.historyStart(row));
      let n = 0;
      let frozenN = 0;
      let seasonN = 0;
      const inSeason = isMonthEnd(day[row]!);
      let recordDays = 0;
      let recordAbove = 0;
      const take = (other: number) => {
        raw[n] = values[other * width + column]!;
        logged[n] = logScale(raw[n]!, feature);
        n += 1;
      };
      for (let other = row - 1; other >= start && day[row]! - day[other]! <= WINDOW_DAYS; other--) {
        if (dayOff[other] !== dayOff[row]) continue;
        if (n < WINDOW) take(other);
        if (day[row]! - day[other]! > FROZEN_GAP_DAYS) {
          if (inSeason && seasonN < WINDOW && isMonthEnd(day[other]!))
            season[seasonN++] = logScale(values[other * width + column]!, feature);
          recordDays += 1;
          if (values[other * width + column]! >= value) recordAbove += 1;
        }
        if (day[row]! - day[other]! > FROZEN_GAP_DAYS && frozenN < WINDOW)
          frozen[frozenN++] = logScale(values[other * width + column]!, feature);
      }
      for (let other = row + 1; n < BORROW_BELOW && other < end && day[other]! - day[row]! <= WINDOW_DAYS; other++)
        if (dayOff[other] === dayOff[row]) take(other);
      // A day off of somebody who hardly ever works then: any day is a better reference than none.
      for (let other = row - 1; n < FROZEN_MINIMUM && other >= start && n < WINDOW; other--)
        if (dayOff[other] !== dayOff[row]) take(other);

      const own = medianInPlace(logged, n);
      let spread = meanDeviation(logged, n, own);
      const known = Math.min(1, n / ENOUGH_DAYS);
      let centre = n === 0 ? company : known * own + (1 - known) * company;
      if (seasonN > 0) {
        const seasonal = medianInPlace(season, seasonN) - centre;
        centre += Math.max(0, (seasonN / (seasonN + SEASON_WEIGHT)) * seasonal);
      }
      const tenure = row - start;
      if (tenureStats && tenure < TENURE_DAYS) {
        centre = tenureStats.centre[tenure]!;
        spread = tenureStats.spread[tenure]!;
      }
      let recentSum = 0;
      let recentN = 0;
      let frozenSpread = 0;
      if (frozenN >= FROZEN_MINIMUM) {
        const frozenCentre = medianInPlace(frozen, frozenN);
        frozenSpread = meanDeviation(frozen, frozenN, frozenCentre);
        for (
          let other = row;
          other >= start && recentN < RECENT && day[row]! - day[other]! < FROZEN_GAP_DAYS;
          other--
        ) {
          if (dayOff[other] !== dayOff[row]) continue;
          recentSum += logScale(values[other * width + column]!, feature) - frozenCentre;
          recentN += 1;
        }
      }
      cellRow.push(row);
      work.push(
        logScale(value, feature),
        medianInPlace(raw, n),
        n,
        centre,
        n === 0 ? 0 : spread,
        recentSum,
        recentN,
        frozenSpread,
        frozenN,
        recordAbove / (recordDays + 1),
      );
    }
    firstRow = end;
  }
  return standardise(Int32Array.from(cellRow), work, feature.unit === 'count');
}

/** Standard deviation of a Poisson count on the log1p scale, by the delta method: small counts vary by themselves. */
const countNoise = (centre: number): number => Math.sqrt(Math.max(0, Math.expm1(centre))) / Math.exp(centre);

function standardise(row: Int32Array, work: GrowingColumns, isCount: boolean): Cells {
  const take = (index: number) => work.column(index);
  const [value, days, centre, spread] = [take(VALUE), take(DAYS), take(CENTRE), take(SPREAD)];
  let sum = 0;
  let known = 0;
  for (let i = 0; i < row.length; i++) {
    if (days[i]! < FROZEN_MINIMUM) continue;
    sum += spread[i]!;
    known += 1;
  }
  const pooled = known === 0 ? 0.5 : sum / known;
  const scale = (own: number, n: number) =>
    Math.max(Math.sqrt((n * own * own + POOLED_WEIGHT * pooled * pooled) / (n + POOLED_WEIGHT)), SCALE_FLOOR);
  const [recentSum, recentN, frozenSpread, frozenDays] = [
    take(RECENT_SUM),
    take(RECENT_N),
    take(FROZEN_SPREAD),
    take(FROZEN_DAYS),
  ];
  return {
    row,
    selfMedian: take(MEDIAN),
    selfDays: days,
    ownTail: take(OWN_TAIL),
    selfZ:
      row.length === 0
        ? new Float32Array()
        : Float32Array.from(
            row,
            (_, i) =>
              (value[i]! - centre[i]!) / Math.hypot(scale(spread[i]!, days[i]!), isCount ? countNoise(centre[i]!) : 0),
          ),
    sustainedZ: Float32Array.from(row, (_, i) =>
      recentN[i]! < 2 ? Number.NaN : recentSum[i]! / Math.sqrt(recentN[i]!) / scale(frozenSpread[i]!, frozenDays[i]!),
    ),
  };
}
