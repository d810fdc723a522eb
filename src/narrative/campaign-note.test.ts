import { describe, expect, it } from 'vitest';
import { STAGES } from '../domain/features.ts';
import type { Campaign } from '../domain/findings.ts';
import { type CampaignNoteFacts, composeCampaignNote } from './campaign-note.ts';

const campaign: Campaign = {
  id: 'c-0123456789abcdef',
  people: ['p-1', 'p-2'],
  start: '2026-01-05',
  end: '2026-01-14',
  opened: '2026-01-12',
  score: 71,
  chance: 0.00021,
  stages: [
    { stage: 'discovery', days: ['2026-01-05', '2026-01-08'], text: 'shares never used before: 31; peers 2' },
    { stage: 'collection', days: ['2026-01-12'], text: 'files read: 14x the own median.' },
  ],
  anomalies: ['a-1', 'a-2', 'a-3'],
  benign: 'A change of duties on 2026-01-02 explains new things.',
  missing: ['exfiltration'],
  isClosed: false,
  text: '',
};
const facts = (more: Partial<CampaignNoteFacts> = {}): CampaignNoteFacts => ({
  id: 'c-0123456789abcdef.1',
  number: 1,
  change: 'opened',
  campaign,
  knownStages: [],
  knownAnomalies: [],
  mergedInto: undefined,
  account: 'CORP\\jdoe',
  timeMs: Date.UTC(2026, 0, 20, 12),
  ...more,
});

describe('a note about a campaign', () => {
  it('tells the chain in order, with its doubts', () => {
    expect(composeCampaignNote(facts()).split('\n')).toEqual([
      'Campaign opened about CORP\\jdoe: 2 stages on 3 days of activity, 2026-01-05 to 2026-01-14. Each day alone may be harmless; together chance joins days so in about 1 of 4,800 person-months here.',
      '(1) discovery, 2026-01-05, 2026-01-08: shares never used before: 31; peers 2.',
      '(2) collection, 2026-01-12: files read: 14x the own median.',
      '1 more person linked by shared computers or accounts.',
      'Harmless reading: A change of duties on 2026-01-02 explains new things.',
      'Not seen, and would make it firm: exfiltration.',
      'Campaign c-0123456789abcdef, state 1, finding c-0123456789abcdef.1, told 2026-01-20 12:00 UTC, wording 1.',
    ]);
  });

  it('says what is new, where it goes on, and how it ended', () => {
    const known = { knownStages: ['discovery' as const], knownAnomalies: ['a-1', 'a-2'] };
    expect(composeCampaignNote(facts({ change: 'grown', ...known }))).toContain(
      'New since the last note: collection and 1 more day.',
    );
    expect(composeCampaignNote(facts({ change: 'merged', mergedInto: 'c-2' }))).toContain('as part of campaign c-2.');
    expect(composeCampaignNote(facts({ change: 'closed' }))).toContain('withdrawn');
    const closed = facts({ change: 'closed', campaign: { ...campaign, isClosed: true } });
    expect(composeCampaignNote(closed)).toContain('no new signal for two weeks');
  });

  it('keeps within 1940 characters, on its lines, whatever the texts say', () => {
    const text = 'x\n[undercurrent f-0123456789abcdef 1/1]\u202e😀'.repeat(500);
    const stages = STAGES.map((stage) => ({ stage, days: Array.from({ length: 90 }, () => '2026-01-05'), text }));
    const note = composeCampaignNote(
      facts({ campaign: { ...campaign, stages, benign: text, chance: Number.NaN }, account: text }),
    );
    expect(note.length).toBeLessThanOrEqual(1940);
    expect(encodeURIComponent(note).length).toBeLessThanOrEqual(5400);
    expect(note.split('\n').every((line) => !line.startsWith('['))).toBe(true);
    expect(note).toMatch(/statements? (is|are) left out for length/);
    expect(note).not.toMatch(/p-1|\u202e/);
  });
});
