import { createCampaignState } from '../src/campaigns/campaign-state.ts';
import { tellCampaigns } from '../src/campaigns/find-campaigns.ts';
import type { CampaignOptions, Signal } from '../src/campaigns/ports.ts';
import { createRandom, type Random } from '../src/numeric/random.ts';

/** What one more day costs as people grow: a 30-day window in which 1 % of the person-days are odd. */

const WINDOW_DAYS = 30;
const ODD_SHARE = 0.01;
const OPTIONS: CampaignOptions = { seed: 1, windowDays: WINDOW_DAYS, mostChance: 1 / 1000 };

export interface GrowthPoint {
  people: number;
  signals: number;
  /** The first 30 days, then one more with everything told anew. */
  fillSeconds: number;
  daySeconds: number;
  memoryBytes: number;
  campaigns: number;
}

export function measureGrowth(people: number): GrowthPoint {
  const random = createRandom(people);
  const everybody = Int32Array.from({ length: people }, (_, row) => row);
  const state = createCampaignState(OPTIONS);
  let signals = 0;
  const addDay = (day: number): void => {
    const news = oddDays(people, day, random);
    signals += news.length;
    state.apply({ signals: news, active: { person: everybody, day: new Int32Array(people).fill(day) } });
  };
  const begun = performance.now();
  for (let day = 0; day < WINDOW_DAYS; day++) addDay(day);
  tellCampaigns(state.view(), OPTIONS);
  const filled = performance.now();
  state.forgetBefore(1);
  addDay(WINDOW_DAYS);
  const campaigns = tellCampaigns(state.view(), OPTIONS).length;
  return {
    people,
    signals,
    fillSeconds: (filled - begun) / 1000,
    daySeconds: (performance.now() - filled) / 1000,
    memoryBytes: process.memoryUsage().rss,
    campaigns,
  };
}

function oddDays(people: number, day: number, random: Random): Signal[] {
  const signals: Signal[] = [];
  for (let person = 0; person < people; person++) {
    if (random.next() >= ODD_SHARE) continue;
    signals.push({
      person,
      day,
      nats: 6 - 2 * Math.log(1 - random.next()),
      stages: [
        { stage: 'collection', share: 0.6, text: 'much read' },
        { stage: 'exfiltration', share: 0.4, text: 'much sent' },
      ],
    });
  }
  return signals;
}
