import type { TruthEpisode } from '../simulator/enterprise/types.ts';
import { parseDay } from '../src/domain/time.ts';
import { measureRanking } from '../src/numeric/ranking.ts';

export interface RankedDay {
  person: string;
  day: number;
  score: number;
}

export interface MethodResult {
  method: string;
  recall: number;
  found: Map<string, number | undefined>;
  falseAlertsPerDay: number;
  auc: number;
  ap: number;
}

/** The strongest person-days as the budget allows over the whole span. */
function alertsWithin(ranked: RankedDay[], allowed: number): RankedDay[] {
  return ranked.slice(0, allowed).filter(({ score }) => score > 0);
}

const keyOf = (person: string, day: number) => `${person} ${day}`;

export interface Labelled {
  insiders: TruthEpisode[];
  /** person day -> insider. */
  days: Map<string, TruthEpisode>;
}

/** @param actors person whose account an injected activity was done with; the insider where it is not known */
export function labelsOf(truth: TruthEpisode[], actors: ReadonlyMap<string, string>): Labelled {
  const insiders = truth.filter(({ type }) => type === 'insider');
  const days = new Map<string, TruthEpisode>();
  for (const episode of insiders)
    for (const { day, activityIds } of episode.days)
      for (const id of activityIds) days.set(keyOf(actors.get(id) ?? episode.person, parseDay(day)!), episode);
  return { insiders, days };
}

export function judge(
  method: string,
  ranked: RankedDay[],
  labels: Labelled,
  allowed: number,
  days: number,
): MethodResult {
  const sorted = [...ranked].sort(
    (a, b) => b.score - a.score || (keyOf(a.person, a.day) < keyOf(b.person, b.day) ? -1 : 1),
  );
  const alerts = alertsWithin(sorted, allowed);
  const firstAlert = new Map<TruthEpisode, number>();
  let falseAlerts = 0;
  for (const { person, day } of alerts) {
    const episode = labels.days.get(keyOf(person, day));
    if (!episode) falseAlerts += 1;
    else firstAlert.set(episode, Math.min(firstAlert.get(episode) ?? day, day));
  }
  const found = new Map(
    labels.insiders.map((episode) => {
      const first = firstAlert.get(episode);
      return [
        `${episode.scenario} ${episode.person}`,
        first === undefined ? undefined : first - parseDay(episode.start)!,
      ];
    }),
  );
  const quality = measureRanking(
    sorted.map(({ score }) => score),
    sorted.map(({ person, day }) => (labels.days.has(keyOf(person, day)) ? 1 : 0)),
  );
  return {
    method,
    recall: firstAlert.size / Math.max(1, labels.insiders.length),
    found,
    falseAlertsPerDay: falseAlerts / days,
    auc: quality.aucRoc,
    ap: quality.aucPr,
  };
}

/** False alerts a day that a method needs until it has reached `recall` of the insiders; Infinity when it never does. */
export function falseAlertsAtRecall(ranked: RankedDay[], labels: Labelled, recall: number, days: number): number {
  const sorted = [...ranked].sort(
    (a, b) => b.score - a.score || (keyOf(a.person, a.day) < keyOf(b.person, b.day) ? -1 : 1),
  );
  const reached = new Set<TruthEpisode>();
  let wrong = 0;
  for (const { person, day } of sorted) {
    if (reached.size / Math.max(1, labels.insiders.length) >= recall) return wrong / days;
    const episode = labels.days.get(keyOf(person, day));
    if (episode) reached.add(episode);
    else wrong += 1;
  }
  return reached.size / Math.max(1, labels.insiders.length) >= recall ? wrong / days : Number.POSITIVE_INFINITY;
}
