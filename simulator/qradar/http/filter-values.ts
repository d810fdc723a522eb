/** Order of a row's value against a literal; NaN (which no operator but "not equal" accepts) when they cannot be compared. */
export function compareScalar(value: unknown, literal: string | number | boolean | null): number {
  if (value === null || value === undefined) return literal === null ? 0 : Number.NaN;
  if (literal === null) return Number.NaN;
  if (typeof value === 'number') {
    const number = Number(literal);
    return Number.isNaN(number) ? Number.NaN : Math.sign(value - number);
  }
  if (typeof value === 'boolean') return String(value) === String(literal).toLowerCase() ? 0 : Number.NaN;
  if (typeof value !== 'string') return Number.NaN;
  const text = String(literal);
  return value === text ? 0 : value < text ? -1 : 1;
}

/** SQL LIKE: `%` any run, `_` one character. Linear in the product of the lengths, so a hostile pattern costs nothing more. */
export function matchesLike(text: string, pattern: string, ignoreCase: boolean): boolean {
  const [t, p] = ignoreCase ? [text.toLowerCase(), pattern.toLowerCase()] : [text, pattern];
  let [at, star, resume] = [0, -1, 0];
  let i = 0;
  while (i < t.length) {
    if (at < p.length && p[at] === '%') {
      star = at++;
      resume = i;
    } else if (at < p.length && (p[at] === '_' || p[at] === t[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else return false;
  }
  while (p[at] === '%') at++;
  return at === p.length;
}
