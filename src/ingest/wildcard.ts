/**
 * A pattern with `*` as the only special character, found anywhere in lower-case text. Plain searches in sequence: linear
 * in the text, so a pattern cannot be made to run away the way a regular expression can.
 */
export function compileWildcard(pattern: string): (lowerCaseText: string) => boolean {
  const parts = pattern
    .toLowerCase()
    .split('*')
    .filter((part) => part !== '');
  return (text) => {
    let from = 0;
    for (const part of parts) {
      const at = text.indexOf(part, from);
      if (at < 0) return false;
      from = at + part.length;
    }
    return parts.length > 0;
  };
}
