import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import { createCampaignState } from './campaign-state.ts';
import { describeCampaign } from './describe-campaign.ts';
import { type FoundCampaign, findCampaigns, tellCampaigns } from './find-campaigns.ts';
import type { CampaignInput, CampaignNews, Signal } from './ports.ts';

const PEOPLE = 60;
const DAYS = 60;

/** A company in which the evidence of every person-day is ordinary: exponential, one day in twenty above six nats. */
function ordinary(seed: number): Signal[] {
  const random = createRandom(seed);
  const signals: Signal[] = [];
  for (let person = 0; person < PEOPLE; person++)
    for (let day = 0; day < DAYS; day++)
      signals.push({
        person,
        day,
        nats: -2 * Math.log(1 - random.next()),
        stages: [
          { stage: 'collection', share: 0.6, text: 'much read' },
          { stage: 'exfiltration', share: 0.4, text: 'much sent' },
        ],
      });
  return signals;
}

/** Odd days of one person, in place of the ordinary ones. */
function plant(signals: readonly Signal[], person: number, days: readonly number[], nats = 10.5): Signal[] {
  return signals.map((signal) =>
    signal.person === person && days.includes(signal.day) ? { ...signal, nats } : signal,
  );
}

const input = (signals: readonly Signal[], more: Partial<CampaignInput> = {}): CampaignInput => ({
  signals,
  active: { person: signals.map(({ person }) => person), day: signals.map(({ day }) => day) },
  links: [],
  changes: [],
  seed: 1,
  windowDays: 30,
  mostChance: 1 / 1000,
  ...more,
});

const ODD_DAYS = [30, 33, 37, 40, 44, 48];

describe('findCampaigns', () => {
  it('finds weak days that belong together, and tells who, when and which stages', () => {
    const [found, ...others] = findCampaigns(input(plant(ordinary(5), 7, ODD_DAYS)));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ people: [7], isClosed: false, changeDay: undefined });
    expect(found!.startDay).toBeGreaterThanOrEqual(20);
    expect(found!.members.filter(({ day }) => ODD_DAYS.includes(day))).toHaveLength(ODD_DAYS.length);
    expect(found!.openedDay).toBeLessThan(48);
    expect(found!.stages.map(({ stage }) => stage)).toEqual(['collection', 'exfiltration']);
    expect(found!.chance).toBeLessThanOrEqual(1 / 1000);
  });

  it('finds nothing where people are as they are, whatever the seed', () => {
    let found = 0;
    for (let seed = 100; seed < 130; seed++) found += findCampaigns(input(ordinary(seed))).length;
    // 30 companies of 120 person-months each at 1 in 1,000: 3.6 expected.
    expect(found).toBeLessThanOrEqual(10);
  });

  it('does not take one huge day, or days of one stage alone, for a campaign', () => {
    expect(findCampaigns(input(plant(ordinary(5), 7, [40], 30)))).toEqual([]);
    const oneStage = plant(ordinary(5), 7, ODD_DAYS).map((signal) =>
      signal.person === 7
        ? { ...signal, stages: [{ stage: 'impact' as const, share: 1, text: 'much deleted' }] }
        : signal,
    );
    expect(findCampaigns(input(oneStage))).toEqual([]);
  });

  it('counts days after a known change of duties less, and says so', () => {
    const signals = plant(ordinary(5), 7, ODD_DAYS, 9.9);
    const before = findCampaigns(input(signals, { mostChance: 1 / 100 }));
    const after = findCampaigns(input(signals, { mostChance: 1 / 100, changes: [{ person: 7, day: 28 }] }));
    expect(before).toHaveLength(1);
    expect(after).toEqual([]);
    const strong = findCampaigns(input(plant(signals, 7, ODD_DAYS, 20), { changes: [{ person: 7, day: 28 }] }));
    expect(strong[0]).toMatchObject({ changeDay: 28 });
  });

  it('makes one campaign of people who used each other’s computers while both were odd', () => {
    const both = plant(plant(ordinary(5), 7, ODD_DAYS, 11), 9, [41, 45, 47], 9);
    const links = [{ visitor: 7, owner: 9, day: 35 }];
    const apart = findCampaigns(input(both));
    const joined = findCampaigns(input(both, { links }));
    expect(joined.filter(({ people }) => people.includes(7) || people.includes(9))).toHaveLength(1);
    expect(joined[0]!.people).toEqual([7, 9]);
    expect(apart[0]!.people).toEqual([7]);
  });

  it('gives the same campaigns whatever order and in whatever parts the news came, late, twice or replaced', () => {
    const signals = plant(plant(ordinary(5), 7, ODD_DAYS), 20, [10, 12, 15, 19]);
    const links = [{ visitor: 20, owner: 7, day: 12 }];
    const changes = [{ person: 20, day: 14 }];
    const all = input(signals, { links, changes });
    const expected = findCampaigns(all);
    expect(expected.length).toBeGreaterThan(0);
    const news: CampaignNews[] = [
      ...signals.map((signal) => ({ signals: [signal], active: { person: [signal.person], day: [signal.day] } })),
      { links },
      { changes },
    ];
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 400 }), (seed, looks) => {
        const random = createRandom(seed);
        const state = createCampaignState(all);
        const shuffled = news.map((one) => ({ one, at: random.next() })).sort((a, b) => a.at - b.at);
        for (const [index, { one, at }] of shuffled.entries()) {
          // Scored otherwise at first, and told twice.
          if (at < 0.1)
            state.apply({ signals: (one.signals ?? []).map((signal) => ({ ...signal, nats: 40 * at * 5 })) });
          state.apply(one);
          if (at > 0.9) state.apply(one);
          if (index % (looks * 20) === 0) state.view().chanceOf(3);
        }
        expect(tellCampaigns(state.view(), all)).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });

  it('keeps what is told of recent days when older ones are forgotten', () => {
    const all = input(plant(ordinary(5), 7, ODD_DAYS));
    const state = createCampaignState(all);
    state.apply(all);
    state.forgetBefore(25);
    const [found] = tellCampaigns(state.view(), all);
    expect(found).toMatchObject({ people: [7] });
    expect(found!.startDay).toBeGreaterThanOrEqual(25);
  });

  it('takes no signals at all', () => {
    expect(findCampaigns(input([]))).toEqual([]);
  });
});

describe('describeCampaign', () => {
  const people = ['p-a', 'p-b'];
  const found: FoundCampaign = {
    people: [1, 0],
    startDay: 20_000,
    endDay: 20_012,
    openedDay: 20_008,
    nats: 20,
    chance: 1 / 50_000,
    stages: [
      { stage: 'lateral_movement', days: [20_000, 20_012], text: "2 computers that so far were somebody else's" },
    ],
    members: [
      { person: 1, day: 20_000 },
      { person: 0, day: 20_012 },
    ],
    changeDay: 19_990,
    isClosed: true,
  };

  it('says what, when, how rare, the harmless reading and what is missing', () => {
    const campaign = describeCampaign(found, people, (person, day) => `${person} ${day}`, 1 / 1000);
    expect(campaign).toMatchObject({
      people: ['p-b', 'p-a'],
      start: '2024-10-04',
      end: '2024-10-16',
      opened: '2024-10-12',
      anomalies: ['p-b 2024-10-04', 'p-a 2024-10-16'],
      missing: ['exfiltration', 'credential_access'],
      isClosed: true,
    });
    expect(campaign.score).toBeGreaterThan(50);
    expect(campaign.text).toContain('1 in 50,000');
    expect(campaign.text).toContain('change of duties on 2024-09-24');
    expect(describeCampaign({ ...found, chance: 1 / 1000 }, people, () => 'a', 1 / 1000).score).toBe(50);
    // The id does not depend on what was added later.
    expect(describeCampaign({ ...found, endDay: 20_020, nats: 40 }, people, () => 'a', 1 / 1000).id).toBe(campaign.id);
  });
});
