/** Java date pattern letters to what DuckDB's strftime calls them; longest first. */
const LETTERS: readonly (readonly [pattern: string, format: string])[] = [
  ['yyyy', '%Y'],
  ['YYYY', '%Y'],
  ['yy', '%y'],
  ['YY', '%y'],
  ['MMMM', '%B'],
  ['MMM', '%b'],
  ['MM', '%m'],
  ['M', '%-m'],
  ['dd', '%d'],
  ['d', '%-d'],
  ['DDD', '%j'],
  ['EEEE', '%A'],
  ['EEE', '%a'],
  ['EE', '%a'],
  ['E', '%a'],
  ['u', '%u'],
  ['HH', '%H'],
  ['H', '%-H'],
  ['hh', '%I'],
  ['h', '%-I'],
  ['mm', '%M'],
  ['ss', '%S'],
  ['SSS', '%g'],
  ['a', '%p'],
  ['z', 'UTC'],
  ['Z', '+0000'],
];

/** `yyyy-MM-dd'T'HH:mm` to `%Y-%m-%dT%H:%M`; `undefined` for a letter that has no counterpart. */
export function toStrftime(pattern: string): string | undefined {
  let format = '';
  for (let at = 0; at < pattern.length; ) {
    if (pattern[at] === "'") {
      const close = pattern.indexOf("'", at + 1);
      if (close < 0) return undefined;
      format += close === at + 1 ? "'" : pattern.slice(at + 1, close).replaceAll('%', '%%');
      at = close + 1;
      continue;
    }
    const known = LETTERS.find(([letters]) => pattern.startsWith(letters, at));
    if (known) {
      format += known[1];
      at += known[0].length;
    } else if (/[A-Za-z]/.test(pattern[at]!)) return undefined;
    else format += pattern[at] === '%' ? '%%' : pattern[at];
    if (!known) at++;
  }
  return format;
}
