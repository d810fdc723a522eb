/**
 * What must not reach a terminal from untrusted text: C0 and C1 controls (escape sequences), line and paragraph
 * separators, bidirectional controls (Trojan Source, CVE-2021-42574), zero-width and other invisible format characters,
 * tag characters, and lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u115f\u1160\u3164\uffa0]/gu;

/** Untrusted text with every unsafe character shown as `\u{HEX}`, cut to `maxLength` characters. */
export function escapeText(text: string, maxLength = 500): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return cut.replace(UNSAFE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

/** East Asian wide and fullwidth ranges and common emoji: two columns each. Good enough to align a table. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns the text takes in a terminal. Combining marks take none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) if (!/\p{M}/u.test(char)) width += WIDE.test(char) ? 2 : 1;
  return width;
}
