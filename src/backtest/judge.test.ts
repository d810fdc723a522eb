import { describe, expect, it } from 'vitest';
import type { Anomaly, Campaign } from '../domain/findings.ts';
import { judgePlanted, listOpened, type ReplayedDay, summariseScenarios } from './judge.ts';

const nameOf = (day: number) => `2026-01-${String(day).padStart(2, '0')}`;
const campaign = (person: string, start: number, end: number, id: string): Campaign => ({
  id,
  people: [person],
  start: nameOf(start),
  end: nameOf(end),
  opened: nameOf(end),
  score: 60,
  chance: 0,
  stages: [],
  anomalies: [],
  benign: undefined,
  missing: [],
  isClosed: false,
  text: '',
});
const alert = (person: string, day: number): Anomaly => ({
  id: `${person}${day}`,
  day: nameOf(day),
  person,
  score: 70,
  alert: true,
  recurrence: 1,
  deviations: [],
  evidence: [],
  text: '',
});
const replayed = (day: number, more: Partial<ReplayedDay> = {}): ReplayedDay => ({
  day,
  name: nameOf(day),
  alerts: [],
  scores: new Map(),
  campaigns: [],
  ...more,
});

it('tells a campaign once, whatever its id becomes, and not those from before the first day', () => {
  const days = [
    replayed(10, { campaigns: [campaign('a', 2, 8, 'old'), campaign('b', 7, 10, 'x')] }),
    replayed(11, { campaigns: [campaign('a', 2, 11, 'old'), campaign('b', 8, 11, 'y')] }),
    replayed(12, { campaigns: [campaign('c', 9, 12, 'z')] }),
  ];
  expect(listOpened(days).map(({ day, campaign }) => [day, campaign.id])).toEqual([
    [10, 'x'],
    [12, 'z'],
  ]);
});

describe('a planted insider', () => {
  const planted = [{ scenario: 's', person: 'a', days: [10, 13], activities: 9 }];
  const judge = (days: ReplayedDay[]) => judgePlanted(planted, days, nameOf)[0]!;

  it('is found by an alert on a planted day only', () => {
    const days = [9, 11, 12, 14].map((day) => replayed(day, { alerts: [alert('a', day)] }));
    expect(judge(days).daysToDetection).toBeUndefined();
    const later = [...days, replayed(13, { alerts: [alert('a', 13)], scores: new Map([['a', 70]]) })];
    expect(judge(later)).toMatchObject({ alertDay: 13, daysToDetection: 3, bestScore: 70 });
  });

  it('is found by a campaign that leads with the person and covers a planted day', () => {
    expect(judge([replayed(12, { campaigns: [campaign('b', 10, 12, 'x')] })]).campaignDay).toBeUndefined();
    expect(judge([replayed(12, { campaigns: [campaign('a', 11, 12, 'x')] })]).campaignDay).toBeUndefined();
    expect(judge([replayed(12, { campaigns: [campaign('a', 9, 12, 'x')] })])).toMatchObject({
      campaignDay: 12,
      alertDay: undefined,
      daysToDetection: 2,
    });
  });
});

it('adds up scenarios, days over those found', () => {
  const one = { scenario: 's', person: 'a', days: [1], activities: 1, bestScore: 0 };
  const outcomes = [
    { ...one, alertDay: 1, campaignDay: undefined, daysToDetection: 0 },
    { ...one, alertDay: undefined, campaignDay: 4, daysToDetection: 3 },
    { ...one, alertDay: undefined, campaignDay: undefined, daysToDetection: undefined },
  ];
  expect(summariseScenarios(outcomes)).toEqual([
    { scenario: 's', planted: 3, found: 2, byAlert: 1, byCampaign: 1, medianDays: 1.5 },
  ]);
  expect(summariseScenarios([])).toEqual([]);
});
