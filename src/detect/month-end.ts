import { DAY_MS } from '../domain/time.ts';

const DAYS_AROUND = 3;

/** The last three and the first three calendar days of a month. @param day day number since 1970 */
export function isMonthEnd(day: number): boolean {
  const inMonth = (number: number) => new Date(number * DAY_MS).getUTCDate();
  return inMonth(day) <= DAYS_AROUND || inMonth(day + DAYS_AROUND) <= DAYS_AROUND;
}
