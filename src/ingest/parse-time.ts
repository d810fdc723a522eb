import { DAY_MS } from '../domain/time.ts';
import { wallToUtcMs } from '../domain/zone-offset.ts';
import type { ParseContext } from './options.ts';
import { zoneOffsetByName } from './zone-names.ts';

/** Days from 1970-01-01 to a proleptic Gregorian date (Hinnant, "chrono-compatible low-level date algorithms"). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

const MONTH_DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Wall-clock fields to milliseconds as if UTC; NaN when a field is out of range. Second 60 (leap) is taken as 59. */
export function civilMs(year: number, month: number, day: number, hour = 0, minute = 0, second = 0, ms = 0): number {
  if (!(year >= 1970 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= MONTH_DAYS[month]!)) {
    return Number.NaN;
  }
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return Number.NaN;
  if (!(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60)) return Number.NaN;
  return (
    daysFromCivil(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + Math.min(second, 59) * 1000 + ms
  );
}

/** Two decimal digits at `at`; NaN when they are not digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const units = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && units >= 0 && units <= 9 ? tens * 10 + units : Number.NaN;
}

/** `MM/DD/YYYY HH:MM:SS` in the zone, the form of CERT files. NaN when it is anything else. */
export function parseUsDateTime(text: string, timeZone: string): number {
  if (text.length !== 19 || text.charCodeAt(2) !== 47 || text.charCodeAt(5) !== 47) return Number.NaN;
  if (text.charCodeAt(10) !== 32 || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return Number.NaN;
  const wall = civilMs(
    twoDigits(text, 6) * 100 + twoDigits(text, 8),
    twoDigits(text, 0),
    twoDigits(text, 3),
    twoDigits(text, 11),
    twoDigits(text, 14),
    twoDigits(text, 17),
  );
  return wallToUtcMs(wall, timeZone);
}

/**
 * ISO 8601 / RFC 3339 date and time; `T` or a space between, any number of fraction digits, zone `Z`, `+hh:mm`, `+hhmm`
 * or none (then the given zone). A `Z` after a numeric offset, as some products write, is ignored. NaN otherwise.
 */
export function parseIsoTime(text: string, timeZone: string): number {
  const length = text.length;
  if (length < 16 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(13) !== 58) {
    return Number.NaN;
  }
  const separator = text.charCodeAt(10);
  if (separator !== 84 && separator !== 32 && separator !== 116) return Number.NaN;
  let at = 16;
  let second = 0;
  let ms = 0;
  if (text.charCodeAt(at) === 58) {
    second = twoDigits(text, at + 1);
    at += 3;
    const mark = text.charCodeAt(at);
    if (mark === 46 || mark === 44) {
      let scale = 100;
      for (at++; at < length; at++) {
        const digit = text.charCodeAt(at) - 48;
        if (digit < 0 || digit > 9) break;
        ms += digit * scale;
        scale /= 10;
      }
      ms = Math.floor(ms + 1e-6);
    }
  }
  const wall = civilMs(
    twoDigits(text, 0) * 100 + twoDigits(text, 2),
    twoDigits(text, 5),
    twoDigits(text, 8),
    twoDigits(text, 11),
    twoDigits(text, 14),
    second,
    ms,
  );
  if (at === length) return wallToUtcMs(wall, timeZone);
  const sign = text.charCodeAt(at);
  if ((sign === 90 || sign === 122) && at + 1 === length) return wall;
  if (sign === 43 || sign === 45) {
    const colon = text.charCodeAt(at + 3) === 58 ? 1 : 0;
    const end = at + 5 + colon;
    if (end !== length && !(end + 1 === length && text.charCodeAt(end) === 90)) return Number.NaN;
    const offset = twoDigits(text, at + 1) * 60 + twoDigits(text, at + 3 + colon);
    return offset <= 18 * 60 ? wall - (sign === 43 ? offset : -offset) * 60_000 : Number.NaN;
  }
  if (sign === 32) {
    const zone = zoneOffsetByName(text.slice(at + 1));
    return zone === undefined ? Number.NaN : wall - zone;
  }
  return Number.NaN;
}

/** Epoch in seconds, milliseconds, microseconds or nanoseconds, told apart by size (1973 to 2286). NaN otherwise. */
export function parseEpoch(text: string): number {
  if (!/^\d{9,19}(?:\.\d{1,9})?$/.test(text)) return Number.NaN;
  return epochToMs(Number(text));
}

export function epochToMs(value: number): number {
  if (!(value >= 1e8)) return Number.NaN;
  if (value < 1e10) return Math.round(value * 1000);
  if (value < 1e13) return Math.round(value);
  if (value < 1e16) return Math.round(value / 1000);
  return value < 1e19 ? Math.round(value / 1e6) : Number.NaN;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Month 1-12 from an English name or its first three letters; NaN otherwise. */
export function monthNumber(name: string): number {
  const index = MONTHS.indexOf(name.slice(0, 3).toLowerCase());
  return index < 0 ? Number.NaN : index + 1;
}

/** A time without a year, in the context's zone: the reference year, or the latest year that is not in the future. */
export function yearlessMs(
  context: ParseContext,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms = 0,
  zoneMs?: number,
): number {
  const toUtc = (year: number) => {
    const wall = civilMs(year, month, day, hour, minute, second, ms);
    return zoneMs === undefined ? wallToUtcMs(wall, context.timeZone) : wall - zoneMs;
  };
  if (context.referenceYear !== undefined) return toUtc(context.referenceYear);
  const latest = Number.isNaN(context.latestMs) ? context.fallbackTimeMs : context.latestMs;
  if (Number.isNaN(latest)) return Number.NaN;
  const year = new Date(latest).getUTCFullYear();
  // 29 February exists at most every eighth year.
  for (let back = -1; back <= 8; back++) {
    const time = toUtc(year - back);
    if (time <= latest + DAY_MS) return time;
  }
  return Number.NaN;
}

const NAMED_MONTH =
  /^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:([a-z]{3,9})\.?\s+(\d{1,2})|(\d{1,2})[\s/-]([a-z]{3,9}))(?:[,\s/-]+(\d{4}))?[\s:T]+(\d{1,2}):(\d{2}):(\d{2})(?:[.,:](\d{1,9}))?(?:\s+(?!\d{4}\b)([a-z]{1,5}(?:[+-]\d{1,2}:?\d{0,2})?|[+-]\d{2}:?\d{2}))?(?:\s+(\d{4}))?$/i;
const SLASHED =
  /^(?:(\d{4})[/.](\d{1,2})[/.](\d{1,2})|(\d{1,2})\/(\d{1,2})\/(\d{4}))[\sT]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*(am|pm))?$/i;

/** A time in any form seen in vendor logs; NaN when none fits. At most 64 characters are looked at. */
export function parseAnyTime(text: string, context: ParseContext): number {
  const trimmed = text.length > 64 ? '' : text.trim();
  if (trimmed === '') return Number.NaN;
  const epoch = parseEpoch(trimmed);
  if (!Number.isNaN(epoch)) return epoch;
  const iso = parseIsoTime(trimmed, context.timeZone);
  if (!Number.isNaN(iso)) return iso;
  const named = NAMED_MONTH.exec(trimmed);
  if (named) {
    const month = monthNumber(named[1] ?? named[4] ?? '');
    const day = Number(named[2] ?? named[3]);
    const [hour, minute, second] = [Number(named[6]), Number(named[7]), Number(named[8])];
    const ms = fractionMs(named[9]);
    const zoneMs = named[10] === undefined ? undefined : zoneOffsetByName(named[10].toUpperCase());
    const year = named[5] ?? named[11];
    if (year === undefined) return yearlessMs(context, month, day, hour, minute, second, ms, zoneMs);
    const wall = civilMs(Number(year), month, day, hour, minute, second, ms);
    return zoneMs === undefined ? wallToUtcMs(wall, context.timeZone) : wall - zoneMs;
  }
  const slashed = SLASHED.exec(trimmed);
  if (!slashed) return Number.NaN;
  const yearFirst = slashed[1] !== undefined;
  let hour = Number(slashed[7]);
  if (slashed[11]) hour = (hour % 12) + (slashed[11].toLowerCase() === 'pm' ? 12 : 0);
  const wall = civilMs(
    Number(yearFirst ? slashed[1] : slashed[6]),
    Number(yearFirst ? slashed[2] : slashed[4]),
    Number(yearFirst ? slashed[3] : slashed[5]),
    hour,
    Number(slashed[8]),
    Number(slashed[9] ?? 0),
    fractionMs(slashed[10]),
  );
  return wallToUtcMs(wall, context.timeZone);
}

/** Milliseconds of a fraction written as digits. */
function fractionMs(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.slice(0, 3).padEnd(3, '0'));
}
