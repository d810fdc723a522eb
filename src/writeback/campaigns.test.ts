import { describe, expect, it } from 'vitest';
import type { Campaign } from '../domain/findings.ts';
import { type ChangedCampaign, findChanges } from './campaign-changes.ts';
import { composeCampaignEvent, isUsableAccount, readEventUid } from './campaign-event.ts';
import type { CampaignEvent } from './campaign-ports.ts';

const campaign = (more: Partial<Campaign> = {}): Campaign => ({
  id: 'c-1',
  people: ['p-1'],
  start: '2026-01-05',
  end: '2026-01-14',
  opened: '2026-01-12',
  score: 60,
  chance: 0.001,
  stages: [{ stage: 'discovery', days: ['2026-01-05'], text: 'x' }],
  anomalies: ['a-1', 'a-2'],
  benign: undefined,
  missing: [],
  isClosed: false,
  text: 'text',
  ...more,
});

/** What the store would hold after all of these were told. */
function tell(latest: CampaignEvent[], changes: readonly ChangedCampaign[]): CampaignEvent[] {
  const told = new Map(latest.map((event) => [event.campaign, event]));
  for (const { campaign: snapshot, ...change } of changes)
    told.set(snapshot.id, { ...change, campaign: snapshot.id, snapshot } as CampaignEvent);
  return [...told.values()];
}
const words = (changes: readonly ChangedCampaign[]) =>
  changes.map(({ change, campaign: { id }, number, mergedInto }) => `${id}.${number} ${change}${mergedInto ?? ''}`);

describe('changes of campaigns', () => {
  it('are told once, whatever comes and goes', () => {
    let told: CampaignEvent[] = [];
    const step = (...campaigns: Campaign[]): string[] => {
      const changes = findChanges(campaigns, told);
      told = tell(told, changes);
      expect(findChanges(campaigns, told)).toEqual([]);
      return words(changes);
    };
    expect(step(campaign())).toEqual(['c-1.1 opened']);
    expect(step(campaign({ score: 90, chance: 1e-6, text: 'other' }))).toEqual([]);
    expect(step(campaign({ anomalies: ['a-1', 'a-2', 'a-3'] }))).toEqual(['c-1.2 grown']);
    expect(step(campaign({ anomalies: ['a-1'] }))).toEqual([]);
    expect(step(campaign({ anomalies: ['a-3', 'a-2'] }))).toEqual([]);
    expect(step(campaign({ people: ['p-1', 'p-2'] }))).toEqual(['c-1.3 grown']);
    expect(step(campaign({ isClosed: true }))).toEqual(['c-1.4 closed']);
    expect(step()).toEqual([]);
    expect(step(campaign())).toEqual([]);
    expect(step(campaign({ anomalies: ['a-4'] }))).toEqual(['c-1.5 opened']);
    expect(step()).toEqual(['c-1.6 closed']);
  });

  it('leave out what had ended before it was told, and see where a campaign goes on', () => {
    expect(findChanges([campaign({ isClosed: true })], [])).toEqual([]);
    const told = tell([], findChanges([campaign()], []));
    const other = campaign({ id: 'c-2', anomalies: ['a-2', 'a-9'] });
    expect(words(findChanges([other], told))).toEqual(['c-2.1 opened', 'c-1.2 mergedc-2']);
    const stranger = campaign({ id: 'c-2', anomalies: ['a-9'] });
    expect(words(findChanges([stranger], told))).toEqual(['c-2.1 opened', 'c-1.2 closed']);
  });
});

describe('an event', () => {
  const fields = {
    ...{ id: 'c-1.1', number: 1, change: 'opened' as const, mergedInto: undefined, account: 'CORP\\jdoe' },
    ...{ identifier: 'undercurrent', timeMs: Date.UTC(2026, 0, 20), maxBytes: 4096 },
  };

  it('is one line of LEEF behind an RFC 5424 header', () => {
    const text = 'a\tb\r\ncat=Other\u2028\u202e x';
    expect(composeCampaignEvent({ ...fields, campaign: campaign({ text }) })).toBe(
      '<134>1 2026-01-20T00:00:00.000Z undercurrent undercurrent - campaign - LEEF:2.0|Undercurrent|Undercurrent|1.0|campaign_opened|x09|cat=AIFinding\tdevTime=1768867200000\tsev=6\tusrName=CORP\\jdoe\teventUid=c-1.1\tcampaignId=c-1\tcampaignState=1\tcampaignChange=opened\tcampaignScore=60\tcampaignStages=discovery\tcampaignChance=0.001\tcampaignStart=2026-01-05\tcampaignEnd=2026-01-14\tcampaignPeople=1\tcampaignDays=2\tmsg=a b cat=Other x',
    );
  });

  it.each([1024, 4096])('fits into %i bytes, whatever is in it', (maxBytes) => {
    const hostile = campaign({
      text: '€😀'.repeat(3000),
      score: Number.NaN,
      chance: Number.POSITIVE_INFINITY,
      stages: Array.from({ length: 40 }, () => ({ stage: 'privilege_escalation' as const, days: [], text: '' })),
    });
    const names = { account: 'ü'.repeat(127), identifier: 'h'.repeat(255), id: `c-${'1'.repeat(60)}.1` };
    const event = composeCampaignEvent({ ...fields, ...names, campaign: hostile, maxBytes });
    expect(Buffer.byteLength(event)).toBeLessThanOrEqual(maxBytes);
    expect(event.isWellFormed()).toBe(true);
    expect(event).not.toMatch(/[\n\ufffd]|NaN|Infinity/);
    expect(readEventUid(event)).toBe(names.id);
  });

  it('names only users that can stand in it', () => {
    expect(['jdoe', 'CORP\\j doe', 'jdoe@corp=x', 'ü'].map(isUsableAccount)).toEqual([true, true, true, true]);
    expect(['', 'a\tcat=x', 'a\nb', '\ud800', 'ü'.repeat(128)].map(isUsableAccount)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
    expect(readEventUid('x eventUid=c-1.1')).toBeUndefined();
  });
});
