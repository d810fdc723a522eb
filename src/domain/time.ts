/** Days are counted since 1970-01-01 (UTC unless said otherwise); instants are UTC epoch milliseconds. */
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

const DAY_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `YYYY-MM-DD` to day number; `undefined` when it is not a calendar day. */
export function parseDay(text: string): number | undefined {
  const match = DAY_PATTERN.exec(text);
  if (!match) return undefined;
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return formatDay(ms / DAY_MS) === text ? ms / DAY_MS : undefined;
}

export const formatDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Monday = 0 ... Sunday = 6. Day 0 was a Thursday. */
export const weekday = (day: number): number => (((day + 3) % 7) + 7) % 7;
