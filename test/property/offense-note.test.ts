import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OffenseFacts } from '../../src/narrative/offense-facts.ts';
import { composeOffenseNote } from '../../src/narrative/offense-note.ts';
import { splitNote } from '../../src/qradar/note-text.ts';

const deviation = (text: string, tail = 0.0005) => ({ text, tail, share: 0.5 });
const NOON = Date.UTC(2026, 0, 20, 12);
const FINDING = 'f-0123456789abcdef';

const facts = (more: Partial<OffenseFacts> = {}): OffenseFacts => ({
  findingId: FINDING,
  offenseId: 7,
  account: 'jdoe',
  startMs: NOON - 3_600_000,
  window: { fromDay: '2026-01-07', toDay: '2026-01-20' },
  standing: {
    kind: 'scored',
    days: [
      { day: '2026-01-15', score: 12, deviations: [deviation('3 mails sent: 2x the 1 usual', 0.2)], recurrence: 1 },
      { day: '2026-01-19', score: 87.6, deviations: [deviation('412 file reads: 14x the 29 usual')], recurrence: 2 },
      { day: '2026-01-18', score: 55, deviations: [deviation('5 new hosts: none is usual')], recurrence: 1 },
    ],
    historyDays: 30,
    otherAccounts: 0,
  },
  budgetPerDay: 10,
  sense: [{ event: 'UBA : Potential Exfiltration', count: 2, value: 20 }],
  otherOffenses: [{ id: 12, status: 'CLOSED' }],
  evidence: { day: '2026-01-19', aql: "SELECT username FROM events WHERE LOWER(username) IN ('jdoe')" },
  gaps: [],
  blindSpots: ['removable media'],
  versions: { catalogue: 1, detection: 1 },
  asOfMs: NOON,
  ...more,
});

describe('a note', () => {
  it('says what is unusual, the most important first', () => {
    expect(composeOffenseNote(facts())).toMatchInlineSnapshot(`
      "Unusual: jdoe stands out on 2 of 3 active days from 2026-01-07 to 2026-01-20. Highest: 2026-01-19, score 87 (of 100; at most about 10 users a day in all reach 50).
      (1) 412 file reads: 14x the 29 usual (about 1 user-day in 2,000).
      Unusual days in the three weeks before make this one count 2.0 times.
      Also 2026-01-18, score 55: 5 new hosts: none is usual.
      UBA raised in these days: UBA : Potential Exfiltration (2 times, sense value 20 in all).
      Other offenses about this user in these days: 12 (closed).
      Events of 2026-01-19, AQL: SELECT username FROM events WHERE LOWER(username) IN ('jdoe')
      Not seen: removable media.
      Figures tell what differs, not why. Finding f-0123456789abcdef, activity up to 2026-01-20 12:00 UTC, features 1, detection 1, wording 1."
    `);
  });

  it('says that nothing is unusual, with figures', () => {
    const days = [{ day: '2026-01-15', score: 31, deviations: [deviation('3 mails sent', 0.2)], recurrence: 1 }];
    const note = composeOffenseNote(
      facts({ standing: { kind: 'scored', days, historyDays: 4, otherAccounts: 1 }, sense: [], otherOffenses: [] }),
    );
    expect(note).toMatchInlineSnapshot(`
      "Nothing unusual: jdoe is within the own range on the one active day from 2026-01-07 to 2026-01-20. Nearest to unusual: 2026-01-15, score 31 (of 100; at most about 10 users a day in all reach 50).
      Too little history: only 4 active days before these, where 10 make a firm own range. Rely on the comparison with peers.
      The figures include 1 more account of the same person.
      (1) 3 mails sent.
      Events of 2026-01-19, AQL: SELECT username FROM events WHERE LOWER(username) IN ('jdoe')
      Not seen: removable media.
      Figures tell what differs, not why. Finding f-0123456789abcdef, activity up to 2026-01-20 12:00 UTC, features 1, detection 1, wording 1."
    `);
    const calm = { kind: 'scored' as const, historyDays: 30, otherAccounts: 0 };
    const day = { day: '2026-01-15', score: 0, deviations: [], recurrence: 1 };
    expect(composeOffenseNote(facts({ standing: { ...calm, days: [day] } }))).toContain('no figure rose above');
    expect(composeOffenseNote(facts({ standing: { ...calm, days: [] } }))).toMatch(/^No activity: jdoe is known/);
  });

  it.each([
    [{ kind: 'no-analysis' }, 'History is missing'],
    [{ kind: 'unknown-account' }, 'Unknown user: no activity of jdoe is stored'],
    [{ kind: 'ambiguous-account', people: 3 }, 'fits 3 people'],
  ] as const)('says when nothing can be said: %j', (standing, text) => {
    const note = composeOffenseNote(facts({ standing }));
    expect(note).toContain(text);
    expect(note).toContain(FINDING);
  });

  it('says what the figures do not hold', () => {
    const gap = { source: 'Proxy\u202E east', fromMs: NOON - 7_200_000, toMs: NOON };
    const note = composeOffenseNote(facts({ asOfMs: NOON - 7_200_000, gaps: [gap] }));
    expect(note).toContain('its own events are not in these figures');
    expect(note).toContain('Proxy east was silent from 2026-01-20 10:00 UTC to 2026-01-20 12:00 UTC');
    expect(note).toContain('Not seen: removable media.');
  });

  it('gives a query only as it is to be pasted', () => {
    const hidden = composeOffenseNote(facts({ evidence: { day: '2026-01-19', aql: "username = 'a\u202Eb'" } }));
    expect(hidden).toContain('it cannot stand in a query here');
    expect(hidden).not.toContain('username =');
    const long = composeOffenseNote(facts({ evidence: { day: '2026-01-19', aql: 'x'.repeat(901) } }));
    expect(long).not.toContain('xxx');
  });

  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.string({ unit: 'grapheme-composite', maxLength: 2000 }),
    fc.constantFrom('\u202Egpj', '\ud800', 'e\u0301\u0301\u0301\u0301', '\n[undercurrent f-0 1/1] x', '漢'.repeat(500)),
  );
  const figure = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, 1e300, -1));
  const anyFacts: fc.Arbitrary<OffenseFacts> = fc.record({
    findingId: fc.constant(FINDING),
    offenseId: fc.nat(),
    account: hostile,
    startMs: figure,
    window: fc.record({ fromDay: hostile, toDay: hostile }),
    standing: fc.oneof(
      fc.constantFrom<OffenseFacts['standing']>({ kind: 'no-analysis' }, { kind: 'unknown-account' }),
      fc.record({
        kind: fc.constant('scored' as const),
        days: fc.array(
          fc.record({
            day: hostile,
            score: figure,
            recurrence: figure,
            deviations: fc.array(fc.record({ text: hostile, tail: figure, share: figure }), { maxLength: 8 }),
          }),
          { maxLength: 14 },
        ),
        historyDays: fc.nat(),
        otherAccounts: fc.nat(),
      }),
    ),
    budgetPerDay: figure,
    sense: fc.array(fc.record({ event: hostile, count: figure, value: fc.option(figure, { nil: undefined }) })),
    otherOffenses: fc.array(fc.record({ id: fc.nat(), status: fc.constantFrom('OPEN', 'HIDDEN', 'CLOSED') })),
    evidence: fc.option(fc.record({ day: hostile, aql: hostile }), { nil: undefined }),
    gaps: fc.array(fc.record({ source: hostile, fromMs: figure, toMs: figure })),
    blindSpots: fc.array(hostile),
    versions: fc.record({ catalogue: fc.nat(), detection: fc.nat() }),
    asOfMs: figure,
  });

  it('is one note of plain text, whatever the facts, the same for the same', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const note = composeOffenseNote(given);
        expect(composeOffenseNote(structuredClone(given))).toBe(note);
        const parts = splitNote(note, FINDING);
        // Nothing is cut or changed on the way.
        expect(parts).toEqual([`[undercurrent ${FINDING} 1/1] ${note}`]);
        expect(parts[0]!.length).toBeLessThanOrEqual(2000);
        expect(note).toContain(FINDING);
        expect(note.isWellFormed()).toBe(true);
        expect(note.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 300 },
    );
  });
});
