import { wallToUtcMs } from '../domain/zone-offset.ts';
import type { ParseContext } from './options.ts';
import { civilMs, epochToMs, monthNumber, parseIsoTime, yearlessMs } from './parse-time.ts';
import { zoneOffsetByName } from './zone-names.ts';

/** A piece of a format: literal text, white space, or a letter with how often it is repeated. */
type Piece = { kind: 'text'; text: string } | { kind: 'space' } | { kind: 'field'; letter: string; run: number };

/** Formats that begin so are ISO 8601, which has a parser of its own. */
const ISO_FORMAT = "yyyy-MM-dd'T'HH:mm:ss";
const MAX_FORMATS = 1000;
const MAX_LENGTH = 128;
const formats = new Map<string, readonly Piece[]>();

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  zoneMs: number | undefined;
  isAfternoon: boolean | undefined;
}

/**
 * A time by a Java SimpleDateFormat pattern (the letters log sources use). NaN when pattern or text do not fit. The text
 * is read once from left to right: formats come with the records, so they must not be able to make matching expensive.
 */
export function parseJavaTime(text: string, format: string, context: ParseContext): number {
  if (text.length > MAX_LENGTH || format.length > MAX_LENGTH) return Number.NaN;
  if (/^epoch/i.test(format)) return /^\d{9,19}$/.test(text) ? epochToMs(Number(text)) : Number.NaN;
  if (format.startsWith(ISO_FORMAT)) {
    const time = parseIsoTime(text, context.timeZone);
    if (!Number.isNaN(time)) return time;
  }
  let pieces = formats.get(format);
  if (!pieces) {
    pieces = splitFormat(format);
    if (formats.size >= MAX_FORMATS) formats.clear();
    formats.set(format, pieces);
  }
  const fields = readFields(text.trim(), pieces);
  if (!fields) return Number.NaN;
  const { year, month, day, minute, second, ms, zoneMs } = fields;
  const hour = fields.isAfternoon === undefined ? fields.hour % 24 : (fields.hour % 12) + (fields.isAfternoon ? 12 : 0);
  if (Number.isNaN(year)) return yearlessMs(context, month, day, hour, minute, second, ms, zoneMs);
  const wall = civilMs(year, month, day, hour, minute, second, ms);
  return zoneMs === undefined ? wallToUtcMs(wall, context.timeZone) : wall - zoneMs;
}

function splitFormat(format: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < format.length; ) {
    const letter = format.charAt(at);
    if (letter === "'") {
      const close = format.indexOf("'", at + 1);
      const end = close < 0 ? format.length : close;
      pieces.push({ kind: 'text', text: end === at + 1 ? "'" : format.slice(at + 1, end) });
      at = end + 1;
      continue;
    }
    let run = 1;
    while (format.charAt(at + run) === letter) run++;
    if (/[A-Za-z]/.test(letter)) pieces.push({ kind: 'field', letter, run });
    else if (letter === ' ') pieces.push({ kind: 'space' });
    else pieces.push({ kind: 'text', text: letter.repeat(run) });
    at += run;
  }
  return pieces;
}

/** Digits a numeric letter takes at most; letters that are not numbers are absent. */
const MAX_DIGITS: Readonly<Record<string, number>> = {
  y: 4,
  u: 4,
  M: 2,
  L: 2,
  d: 2,
  H: 2,
  k: 2,
  h: 2,
  K: 2,
  m: 2,
  s: 2,
  S: 9,
};

const isNumeric = (piece: Piece | undefined): boolean =>
  piece?.kind === 'field' &&
  piece.letter in MAX_DIGITS &&
  !((piece.letter === 'M' || piece.letter === 'L') && piece.run >= 3);

function readFields(text: string, pieces: readonly Piece[]): Fields | undefined {
  const fields: Fields = {
    year: Number.NaN,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    ms: 0,
    zoneMs: undefined,
    isAfternoon: undefined,
  };
  let at = 0;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!;
    if (piece.kind === 'text') {
      if (!text.startsWith(piece.text, at)) return undefined;
      at += piece.text.length;
    } else if (piece.kind === 'space') {
      const start = at;
      while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
      if (at === start) return undefined;
    } else {
      // Numbers written without a gap are as wide as their letters.
      const isPacked = isNumeric(piece) && isNumeric(pieces[i + 1]);
      const value = isNumeric(piece)
        ? digitsAt(text, at, isPacked ? piece.run : MAX_DIGITS[piece.letter]!)
        : wordAt(text, at, 'zZX'.includes(piece.letter));
      if (value === '' || !setField(fields, piece.letter, piece.run, value)) return undefined;
      at += value.length;
    }
  }
  return at === text.length ? fields : undefined;
}

function digitsAt(text: string, from: number, max: number): string {
  let at = from;
  while (at < from + max && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++;
  return text.slice(from, at);
}

function wordAt(text: string, from: number, isZone: boolean): string {
  const pattern = isZone ? /[A-Za-z0-9:+-]/ : /[A-Za-z]/;
  let at = from;
  while (at < text.length && pattern.test(text.charAt(at))) at++;
  return text.slice(from, at);
}

/** False when the value does not suit the letter, or the letter is not known. */
function setField(fields: Fields, letter: string, run: number, value: string): boolean {
  switch (letter) {
    case 'y':
    case 'u':
      fields.year = value.length <= 2 ? 2000 + Number(value) : Number(value);
      return true;
    case 'M':
    case 'L':
      fields.month = run >= 3 ? monthNumber(value) : Number(value);
      return !Number.isNaN(fields.month);
    case 'd':
      fields.day = Number(value);
      return true;
    case 'H':
    case 'k':
    case 'h':
    case 'K':
      fields.hour = Number(value);
      return fields.hour <= 24;
    case 'm':
      fields.minute = Number(value);
      return true;
    case 's':
      fields.second = Number(value);
      return true;
    case 'S':
      fields.ms = Number(value.slice(0, 3).padEnd(3, '0'));
      return true;
    case 'a':
      fields.isAfternoon = value.toLowerCase() === 'pm';
      return fields.isAfternoon || value.toLowerCase() === 'am';
    case 'E':
      return true;
    case 'z':
    case 'Z':
    case 'X':
      fields.zoneMs = zoneOffsetByName(value.toUpperCase());
      return fields.zoneMs !== undefined;
    default:
      return false;
  }
}
