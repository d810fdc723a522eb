/** What stands for a missing value, in lower case. */
export const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?']);

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * Number in bytes [from, to); NaN when it is none. Up to 15 digits with a small exponent are read directly, which is exact
 * (Clinger 1990: both the digits and the power of ten are exact doubles); anything else goes through `Number`.
 */
export function parseNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const negative = bytes[at] === 45;
  if (negative) at++;
  let digits = 0;
  let count = 0;
  let fraction = 0;
  let point = false;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= 48 && byte <= 57) {
      digits = digits * 10 + (byte - 48);
      if (digits > 0) count++;
      if (point) fraction++;
    } else if (byte === 46 && !point) point = true;
    else break;
  }
  if (at === to && at > from + (negative ? 1 : 0) + (point ? 1 : 0) && count <= 15 && fraction <= 22) {
    const value = digits / POWERS[fraction]!;
    return negative ? -value : value;
  }
  return parseSlowly(bytes, from, to);
}

function parseSlowly(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > 400) return Number.NaN;
  const text = String.fromCharCode(...bytes.subarray(from, to)).trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  return infinite ? (infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : Number.NaN;
}

/** Fields of one line as RFC 4180 quotes them. A field does not go over several lines. */
export function splitFields(line: string, separator: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let text = '';
    if (line[at] === '"') {
      at++;
      for (;;) {
        const end = line.indexOf('"', at);
        text += line.slice(at, end < 0 ? line.length : end);
        at = end < 0 ? line.length : end + 1;
        if (line[at] !== '"' || end < 0) break;
        text += '"';
        at++;
      }
    }
    const end = line.indexOf(separator, at);
    fields.push(text + line.slice(at, end < 0 ? line.length : end));
    if (end < 0) return fields;
    at = end + 1;
  }
}
