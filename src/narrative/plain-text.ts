/** Characters that show nothing, turn the direction of text, or have no meaning. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu;

/** Text that came out of logs, on one line, for people: white space as single blanks, nothing unseen, no towers of accents. */
export function cleanText(text: string): string {
  return text
    .slice(0, 4096)
    .toWellFormed()
    .replace(/\s+/gu, ' ')
    .replace(UNSEEN, '')
    .replace(/\p{M}{3,}/gu, (marks) => [...marks].slice(0, 2).join(''))
    .trim();
}

/** The same, at most `most` characters; what was cut shows as `...`. */
export function cleanName(text: string, most: number): string {
  const clean = cleanText(text);
  if (clean.length <= most) return clean;
  return `${clean
    .slice(0, most - 3)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}...`;
}

/** `1`, `2 days`: the number with the right form of the word. */
export const countOf = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** `a, b and c`. */
export const joinWords = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** `2026-01-20 12:05 UTC`. */
export function formatInstant(timeMs: number): string {
  if (!Number.isFinite(timeMs) || timeMs < 0 || timeMs > LAST_MS) return 'an unknown time';
  return `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** End of the year 9999. */
const LAST_MS = 253_402_300_799_999;
