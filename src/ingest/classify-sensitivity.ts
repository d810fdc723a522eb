import type { Sensitivity } from '../domain/activity.ts';
import type { ParseContext } from './options.ts';

/** Words count only as whole words: bounded by path separators, spaces, punctuation or digits. */
const word = (alternatives: string): RegExp => new RegExp(`(?<![a-z])(?:${alternatives})(?![a-z])`);

export const SECRET_WORDS = String.raw`secrets?|top.?secret|passwords?|passwd|credentials?|ntds\.dit|id_rsa|id_ed25519|private.?keys?|shadow|krbtgt|lsass|keepass|config\\(?:sam|security|system)`;
export const CONFIDENTIAL_WORDS = String.raw`confidential|proprietary|restricted|payroll|salar(?:y|ies)|compensation|bonus(?:es)?|hr|human.?resources|personnel|legal|litigation|merger|acquisitions?|layoffs?|board.?minutes|medical|ssn|patents?|admin\$|[a-z]\$`;
const SECRET = word(SECRET_WORDS);
const CONFIDENTIAL = word(CONFIDENTIAL_WORDS);
const INTERNAL = word('internal|finance|accounting|budget|audit|contracts?|customers?|strategy|source.?code');

/** Longest text looked at: paths are shorter, and hostile ones must not cost more. */
const MAX_LENGTH = 2048;

/** Sensitivity of a path, share or database object: the highest of the configured patterns and well-known words. */
export function pathSensitivity(path: string, context: ParseContext): Sensitivity {
  if (path === '') return 0;
  const lower = (path.length > MAX_LENGTH ? path.slice(0, MAX_LENGTH) : path).toLowerCase();
  const configured = patternSensitivity(lower, context);
  if (configured === 3 || SECRET.test(lower)) return 3;
  if (configured === 2 || CONFIDENTIAL.test(lower)) return 2;
  return configured === 1 || INTERNAL.test(lower) ? 1 : 0;
}

/** Sensitivity by the configured patterns alone, for text where everyday words mean nothing (URLs, subjects). */
export function patternSensitivity(lowerCaseText: string, context: ParseContext): Sensitivity {
  let level: Sensitivity = 0;
  for (const pattern of context.sensitivePatterns) {
    if (pattern.level > level && pattern.matches(lowerCaseText)) level = pattern.level;
  }
  return level;
}
