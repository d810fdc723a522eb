import type { TruthEpisode } from '../simulator/enterprise/types.ts';
import { formatDay, parseDay } from '../src/domain/time.ts';
import { falseAlertsAtRecall, type Labelled, type RankedDay } from './judge.ts';

/** Alerts of two systems on the same person-days, judged alike. */

export interface Standing {
  alerts: number;
  recall: number;
  falseADay: number;
  /** Days from the start of a scenario to its first alert, of those found. */
  delays: number[];
  /** "scenario of person" */
  missed: string[];
}

export const sortRanked = (ranked: readonly RankedDay[]): RankedDay[] =>
  [...ranked].sort((a, b) => b.score - a.score || (`${a.person} ${a.day}` < `${b.person} ${b.day}` ? -1 : 1));

export function stand(alerts: readonly RankedDay[], { insiders, days: marked }: Labelled, days: number): Standing {
  const first = new Map<TruthEpisode, number>();
  let wrong = 0;
  for (const { person, day } of alerts) {
    const episode = marked.get(`${person} ${day}`);
    if (episode) first.set(episode, Math.min(first.get(episode) ?? day, day));
    else wrong += 1;
  }
  return {
    alerts: alerts.length,
    recall: first.size / Math.max(1, insiders.length),
    falseADay: wrong / days,
    delays: [...first].map(([{ start }, day]) => day - parseDay(start)!),
    missed: insiders.filter((one) => !first.has(one)).map(({ scenario, person }) => `${scenario} of ${person}`),
  };
}

/** The strongest person-days until `enough` says so of what is alerted so far. */
function alertUntil(
  ranked: readonly RankedDay[],
  labels: Labelled,
  enough: (reached: number, wrong: number) => boolean,
): RankedDay[] {
  const alerts: RankedDay[] = [];
  const reached = new Set<TruthEpisode>();
  let wrong = 0;
  for (const one of sortRanked(ranked)) {
    const episode = labels.days.get(`${one.person} ${one.day}`);
    if (!episode) wrong += 1;
    if (enough(reached.size, wrong)) break;
    if (episode) reached.add(episode);
    alerts.push(one);
  }
  return alerts;
}

/** Until that share of the insiders is found. */
export const alertsAtRecall = (ranked: readonly RankedDay[], labels: Labelled, recall: number): RankedDay[] =>
  alertUntil(ranked, labels, (reached) => reached / Math.max(1, labels.insiders.length) >= recall);

/** Until one more would be a false alert too many. */
export const alertsAtFalse = (ranked: readonly RankedDay[], labels: Labelled, mostWrong: number): RankedDay[] =>
  alertUntil(ranked, labels, (_, wrong) => wrong > mostWrong);

/** False alerts a day of both at the highest recall that both rankings reach with all they have. */
export function atHighestRecall(one: RankedDay[], other: RankedDay[], labels: Labelled, days: number) {
  const recall = Math.min(stand(one, labels, days).recall, stand(other, labels, days).recall);
  const falseADay = [one, other].map((ranked) => falseAlertsAtRecall(ranked, labels, recall, days));
  return { recall, falseADay: [falseADay[0]!, falseADay[1]!] as const };
}

/** The day after an injected activity counts as well: risk is still up then. */
export function withDayAfter({ insiders, days }: Labelled): Labelled {
  const after = new Map<string, TruthEpisode>();
  for (const [key, episode] of days) {
    const [person, day] = key.split(' ');
    after.set(`${person} ${Number(day) + 1}`, episode);
  }
  return { insiders, days: new Map([...after, ...days]) };
}

export const isAlerted = (episode: TruthEpisode, alerts: readonly RankedDay[]): boolean =>
  alerts.some(({ person, day }) => person === episode.person && episode.days.some((one) => one.day === formatDay(day)));
