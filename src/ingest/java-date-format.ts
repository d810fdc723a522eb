import type { ParseContext } from './options.ts';
import { civilMs, epochToMs, monthNumber, parseIsoTime, yearlessMs, zoneOffsetByName } from './parse-time.ts';
import { wallToUtcMs } from './zone-offset.ts';

type Part =
  | 'year'
  | 'month'
  | 'monthName'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'meridiem'
  | 'zone'
  | 'epoch';
interface CompiledFormat {
  pattern: RegExp;
  parts: readonly Part[];
}

/** Formats that begin so are ISO 8601, which has a parser of its own. */
const ISO_FORMAT = "yyyy-MM-dd'T'HH:mm:ss";
const MAX_FORMATS = 1000;
const formats = new Map<string, CompiledFormat | undefined>();

/** A time by a Java SimpleDateFormat pattern (the subset log sources use). NaN when pattern or text do not fit. */
export function parseJavaTime(text: string, format: string, context: ParseContext): number {
  if (format.startsWith(ISO_FORMAT)) {
    const time = parseIsoTime(text, context.timeZone);
    if (!Number.isNaN(time)) return time;
  }
  let compiled = formats.get(format);
  if (!formats.has(format)) {
    compiled = compile(format);
    if (formats.size >= MAX_FORMATS) formats.clear();
    formats.set(format, compiled);
  }
  if (!compiled || text.length > 128) return Number.NaN;
  const match = compiled.pattern.exec(text.trim());
  if (!match) return Number.NaN;
  let [year, month, day, hour, minute, second, ms] = [Number.NaN, 1, 1, 0, 0, 0, 0];
  let zoneMs: number | undefined;
  let afternoon: boolean | undefined;
  for (let i = 0; i < compiled.parts.length; i++) {
    const value = match[i + 1] ?? '';
    switch (compiled.parts[i]!) {
      case 'year':
        year = value.length <= 2 ? 2000 + Number(value) : Number(value);
        break;
      case 'month':
        month = Number(value);
        break;
      case 'monthName':
        month = monthNumber(value);
        break;
      case 'day':
        day = Number(value);
        break;
      case 'hour':
      case 'hour12':
        hour = Number(value) === 24 ? 0 : Number(value);
        break;
      case 'minute':
        minute = Number(value);
        break;
      case 'second':
        second = Number(value);
        break;
      case 'fraction':
        ms = Math.floor(Number(`0.${value}`) * 1000 + 1e-6);
        break;
      case 'meridiem':
        afternoon = value.toLowerCase() === 'pm';
        break;
      case 'epoch':
        return epochToMs(Number(value));
      default:
        zoneMs = zoneOffsetByName(value.toUpperCase());
        if (zoneMs === undefined) return Number.NaN;
    }
  }
  if (afternoon !== undefined) hour = (hour % 12) + (afternoon ? 12 : 0);
  if (Number.isNaN(year)) return yearlessMs(context, month, day, hour, minute, second, ms, zoneMs);
  const wall = civilMs(year, month, day, hour, minute, second, ms);
  return zoneMs === undefined ? wallToUtcMs(wall, context.timeZone) : wall - zoneMs;
}

const ZONE = String.raw`([A-Za-z]{1,5}(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}(?::?\d{2})?)`;

/** Pattern letters and their runs to a regular expression without backtracking risk; `undefined` for unknown letters. */
function compile(format: string): CompiledFormat | undefined {
  if (format.length > 64) return undefined;
  if (/^epoch/i.test(format)) return { pattern: /^(\d{9,19})$/, parts: ['epoch'] };
  const parts: Part[] = [];
  let pattern = '';
  for (let at = 0; at < format.length; ) {
    const letter = format.charAt(at);
    let run = 1;
    while (format.charAt(at + run) === letter) run++;
    if (letter === "'") {
      const close = format.indexOf("'", at + 1);
      if (close < 0) return undefined;
      pattern += close === at + 1 ? "'" : escapeText(format.slice(at + 1, close));
      at = close + 1;
      continue;
    }
    at += run;
    if (!/[A-Za-z]/.test(letter)) {
      pattern += letter === ' ' ? String.raw`\s+` : escapeText(letter.repeat(run));
      continue;
    }
    const piece = pieceOf(letter, run);
    if (!piece) return undefined;
    pattern += piece.pattern;
    if (piece.part) parts.push(piece.part);
  }
  return { pattern: new RegExp(`^${pattern}$`), parts };
}

function pieceOf(letter: string, run: number): { pattern: string; part?: Part } | undefined {
  switch (letter) {
    case 'y':
    case 'u':
      return { pattern: run === 2 ? String.raw`(\d{2})` : String.raw`(\d{4})`, part: 'year' };
    case 'M':
    case 'L':
      return run >= 3
        ? { pattern: '([A-Za-z]{3,9})', part: 'monthName' }
        : { pattern: String.raw`(\d{1,2})`, part: 'month' };
    case 'd':
      return { pattern: String.raw`(\d{1,2})`, part: 'day' };
    case 'H':
    case 'k':
      return { pattern: String.raw`(\d{1,2})`, part: 'hour' };
    case 'h':
    case 'K':
      return { pattern: String.raw`(\d{1,2})`, part: 'hour12' };
    case 'm':
      return { pattern: String.raw`(\d{1,2})`, part: 'minute' };
    case 's':
      return { pattern: String.raw`(\d{1,2})`, part: 'second' };
    case 'S':
      return { pattern: String.raw`(\d{1,9})`, part: 'fraction' };
    case 'a':
      return { pattern: '([AaPp][Mm])', part: 'meridiem' };
    case 'E':
      return { pattern: '[A-Za-z]{3,9}' };
    case 'z':
    case 'Z':
    case 'X':
      return { pattern: ZONE, part: 'zone' };
    default:
      return undefined;
  }
}

const escapeText = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
