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

/** For findings: `Zscaler Nss: computed in QRadar; not seen: …; seen in part: …`. */
export function describeBlindSpots(
  logSourceType: string,
  { missing, partial }: Pick<PushPlan, 'missing' | 'partial'>,
): string {
  const parts = [`${logSourceType}: computed in QRadar`];
  const gone = wordsFor(new Set(missing.map(({ feature }) => feature)));
  if (gone.length > 0) parts.push(`not seen: ${gone.join(', ')}`);
  if (partial.length > 0) {
    const lacks = new Set(partial.flatMap((one) => one.lacks));
    parts.push(`seen in part, without: ${[...lacks].join(', ')}`);
  }
  return parts.join('; ');
}
