import { generateEnterprise } from '../simulator/enterprise/generate.ts';
import type { TruthEpisode } from '../simulator/enterprise/types.ts';
import { parseDay } from '../src/domain/time.ts';
import { type Labelled, labelsOf } from './judge.ts';

export interface Truth {
  labels: Labelled;
  lookAlikes: TruthEpisode[];
  /** Person of any of these accounts; the first as it stands when nobody is known. */
  nameOf(accounts: readonly string[]): string;
}

/** The company made again: the same options give the same people, activities and truth. Days from `lastDay` on do not count. */
export function readTruth(
  options: { people: number; days: number; seed: number; startDay: string },
  lastDay: number,
): Truth {
  const enterprise = generateEnterprise(options);
  const accountOf = new Map<string, string>();
  for (const { day, activities } of enterprise.days()) {
    const injected = new Set(
      enterprise.truth.episodes.flatMap((episode) =>
        episode.days.filter((one) => one.day === day).flatMap(({ activityIds }) => activityIds),
      ),
    );
    for (const { originId, account } of activities) if (injected.has(originId)) accountOf.set(originId, account);
  }
  const personOf = new Map<string, string>();
  for (const fact of enterprise.truth.facts) {
    if (fact.type !== 'person') continue;
    for (const account of fact.accounts as string[]) personOf.set(account.toLowerCase(), String(fact.person));
  }
  const actors = new Map<string, string>();
  for (const [id, account] of accountOf) {
    const person = personOf.get(account.toLowerCase());
    if (person !== undefined) actors.set(id, person);
  }
  const episodes = enterprise.truth.episodes.flatMap((episode) => {
    const days = episode.days.filter(({ day }) => parseDay(day)! < lastDay);
    return days.some(({ activityIds }) => activityIds.length > 0) ? [{ ...episode, days }] : [];
  });
  return {
    labels: labelsOf(episodes, actors),
    lookAlikes: episodes.filter(({ type }) => type === 'lookalike'),
    nameOf(accounts) {
      for (const account of accounts) {
        const name = account.toLowerCase();
        const known = personOf.get(name) ?? personOf.get(`corp\\${name}`);
        if (known !== undefined) return known;
      }
      return accounts[0]?.toLowerCase() ?? '';
    },
  };
}
