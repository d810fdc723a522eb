import type { FeatureFamily } from '../domain/features.ts';
import { FEATURES } from './catalogue.ts';
import type { PushPlan } from './compile-aql.ts';

/** Families that go by a name of their own when nothing of them is seen. */
const FAMILY_WORDS: Partial<Record<FeatureFamily, string>> = {
  removable: 'removable media',
  mail: 'mail',
  sensitive: 'sensitive data',
  privilege: 'use of privileges and changes of accounts',
  bytes: 'amounts of data',
  web: 'the web',
  cloud: 'cloud services',
  authentication: 'logons',
};

/** What cannot be seen of features, family by family where a whole one is gone. */
function wordsFor(features: ReadonlySet<string>): string[] {
  const words: string[] = [];
  const families = new Set(FEATURES.map(({ family }) => family));
  for (const family of families) {
    const all = FEATURES.filter((one) => one.family === family);
    const gone = all.filter(({ name }) => features.has(name));
    const word = FAMILY_WORDS[family];
    if (word !== undefined && gone.length === all.length) words.push(word);
    else words.push(...gone.map(({ wording }) => wording));
  }
  return words;
}

/** Where most is out of sight, what is seen is told instead. */
const everythingBut = (seen: ReadonlySet<string>): string =>
  `everything but ${FEATURES.filter(({ name, family }) => seen.has(name) && family !== 'rhythm' && family !== 'novelty')
    .map(({ wording }) => wording)
    .join(', ')}`;

/**
 * For findings, to stand after "not seen": `Windows, computed in QRadar: removable media; in part: groups`; `''` when a log
 * source shows there all that it would show here.
 */
export function describeBlindSpots(
  logSourceType: string,
  { exact, missing, partial }: Pick<PushPlan, 'exact' | 'missing' | 'partial'>,
): string {
  const parts: string[] = [];
  const seen = new Set([...exact, ...partial.map(({ feature }) => feature)]);
  if (missing.length > FEATURES.length / 2) parts.push(everythingBut(seen));
  else if (missing.length > 0) parts.push(wordsFor(new Set(missing.map(({ feature }) => feature))).join(', '));
  const lacks = new Set(partial.flatMap((one) => one.lacks));
  if (lacks.size > 0) parts.push(`in part: ${[...lacks].join(', ')}`);
  return parts.length === 0 ? '' : `${logSourceType}, computed in QRadar: ${parts.join('; ')}`;
}
