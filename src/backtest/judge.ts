import type { Anomaly, Campaign } from '../domain/findings.ts';
import type { Planted } from './ports.ts';

/** What the replay had to say on one day, from what was known then. */
export interface ReplayedDay {
  /** Day number and the same as `YYYY-MM-DD`. */
  day: number;
  name: string;
  /** Alerts of that day. */
  alerts: Anomaly[];
  /** Scores of that day, by person asked for. */
  scores: ReadonlyMap<string, number>;
  /** All campaigns told on that day. */
  campaigns: Campaign[];
}

/** A campaign on the first day that it was told. */
export interface OpenedCampaign {
  /** Day number on which it was told. */
  day: number;
  campaign: Campaign;
}

export interface PlantedOutcome extends Planted {
  /** First day with an alert about the person among the planted days; `undefined`: none. */
  alertDay: number | undefined;
  /** First day on which a campaign that leads with the person and covers a planted day was told. */
  campaignDay: number | undefined;
  /** Days from the first planted one to the first of both. */
  daysToDetection: number | undefined;
  /** Highest score of a planted day on that day; 50 is the alert line. */
  bestScore: number;
}

const overlaps = (a: Campaign, b: Campaign): boolean => a.start <= b.end && b.start <= a.end;

/**
 * Campaigns in the order they were first told. Two of one leading person that share days are one, whatever their ids: ids
 * belong to what is known. Those that had begun to be told before the first day are left out.
 */
export function listOpened(days: readonly ReplayedDay[]): OpenedCampaign[] {
  const known: Campaign[] = [];
  const opened: OpenedCampaign[] = [];
  for (const [index, { day, name, campaigns }] of days.entries()) {
    for (const campaign of campaigns) {
      const isKnown = known.some((one) => one.people[0] === campaign.people[0] && overlaps(one, campaign));
      if (!isKnown && (index > 0 || campaign.opened >= name)) opened.push({ day, campaign });
      known.push(campaign);
    }
  }
  return opened;
}

/** @param formatDay day number to `YYYY-MM-DD` */
export function judgePlanted(
  planted: readonly Planted[],
  days: readonly ReplayedDay[],
  formatDay: (day: number) => string,
): PlantedOutcome[] {
  return planted.map((one) => {
    const [first, own] = [one.days[0]!, new Set(one.days)];
    const names = one.days.map(formatDay);
    let alertDay: number | undefined;
    let campaignDay: number | undefined;
    let bestScore = 0;
    for (const { day, alerts, scores, campaigns } of days) {
      if (day < first) continue;
      if (own.has(day)) {
        bestScore = Math.max(bestScore, scores.get(one.person) ?? 0);
        if (alerts.some(({ person }) => person === one.person)) alertDay ??= day;
      }
      const isTold = campaigns.some(
        ({ people, start, end }) => people[0] === one.person && names.some((name) => name >= start && name <= end),
      );
      if (isTold) campaignDay ??= day;
    }
    const found = [alertDay, campaignDay].filter((day) => day !== undefined);
    const daysToDetection = found.length === 0 ? undefined : Math.min(...found) - first;
    return { ...one, alertDay, campaignDay, daysToDetection, bestScore };
  });
}

export interface ScenarioRecall {
  scenario: string;
  planted: number;
  found: number;
  byAlert: number;
  byCampaign: number;
  /** Median over those found. */
  medianDays: number | undefined;
}

export function summariseScenarios(outcomes: readonly PlantedOutcome[]): ScenarioRecall[] {
  return [...new Set(outcomes.map(({ scenario }) => scenario))].map((scenario) => {
    const own = outcomes.filter((one) => one.scenario === scenario);
    const days = own.flatMap(({ daysToDetection }) => daysToDetection ?? []).sort((a, b) => a - b);
    return {
      scenario,
      planted: own.length,
      found: days.length,
      byAlert: own.filter(({ alertDay }) => alertDay !== undefined).length,
      byCampaign: own.filter(({ campaignDay }) => campaignDay !== undefined).length,
      medianDays: medianOf(days),
    };
  });
}

/** Of ascending values. */
function medianOf(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2;
}
