/** Small yes/no checks for settings. None throws. */

export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}

export function isWebAddress(address: string): boolean {
  if (address === '') return true;
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === 'https:' && url.username === '' && url.password === '';
}

/**
 * A pattern whose cost stays near linear: no back references, and no repeat inside a repeated group (`(a+)+`), the usual
 * cause of catastrophic backtracking. Refuses some harmless patterns; that is the safe side for text out of logs.
 */
export function isSafePattern(pattern: string): boolean {
  if (pattern === '' || pattern.length > 200) return false;
  try {
    new RegExp(pattern, 'iu');
  } catch {
    return false;
  }
  return !hasNestedRepeat(pattern);
}

/** Reads the pattern once, keeping for every open group whether it holds a repeat or an alternative. */
function hasNestedRepeat(pattern: string): boolean {
  const groups: boolean[] = [false];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === '\\') {
      i++;
      if (/[1-9k]/.test(pattern[i] ?? '')) return true;
    } else if (char === '[') {
      while (++i < pattern.length && pattern[i] !== ']') if (pattern[i] === '\\') i++;
    } else if (char === '(') groups.push(false);
    else if (char === ')') {
      const holdsRepeat = groups.pop() ?? false;
      const repeated = /^(?:[*+]|\{\d*,?\d*\})/.test(pattern.slice(i + 1));
      if (repeated && holdsRepeat) return true;
      if (groups.length > 0 && holdsRepeat) groups[groups.length - 1] = true;
    } else if (char === '*' || char === '+' || char === '|' || /^\{\d+(?:,\d*)?\}/.test(pattern.slice(i)))
      groups[groups.length - 1] = true;
  }
  return false;
}
