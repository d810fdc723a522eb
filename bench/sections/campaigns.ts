import { measureGrowth } from '../campaign-growth.ts';
import { type CampaignCase, type CampaignResult, runCampaigns } from '../campaigns.ts';
import type { Section } from '../main.ts';
import { fixed, formatTable, megabytes, thousands, verdict } from '../report.ts';

/** Not used while anything was built or tuned. */
const SEEDS = [3011, 3002, 3003, 3004, 3005, 3006, 3007, 3008, 3009, 3010];

export const campaigns: Section = {
  title: 'Campaigns in the synthetic enterprise',
  async run({ quick, log }) {
    const size = quick ? { people: 100, days: 45 } : { people: 300, days: 90 };
    const results: CampaignResult[] = [];
    for (const seed of quick ? [1] : SEEDS) {
      const result = await runCampaigns({ ...size, seed });
      results.push(result);
      const found = result.cases.filter(isGood).length;
      log(`seed ${seed}: ${found} of ${result.cases.length} insiders, ${result.invented.length} invented`);
    }
    const cases = results.flatMap((result) => result.cases);
    const good = cases.filter(isGood);
    const months = results.reduce((sum, { personMonths }) => sum + personMonths, 0);
    const invented = results.flatMap((result) => result.invented);
    const delays = good.map(({ found }) => found!.openedShare).sort((a, b) => a - b);
    return [
      `${size.people} people, ${size.days} days, seeds ${results.map(({ seed }) => seed).join(', ')}${quick ? '' : ' (not used while building)'}. An insider counts when a campaign ` +
        'names them first and at least two of its stages are stages of the scenario. A campaign that meets no insider is invented, benign look-alikes included.',
      formatTable(
        [
          'scenario',
          'insiders',
          'a campaign names them first, two stages right',
          'a campaign meets them',
          'median share of the scenario until then',
        ],
        [...new Set(cases.map(({ scenario }) => scenario))].map((scenario) => {
          const own = cases.filter((one) => one.scenario === scenario);
          const shares = own
            .filter(isGood)
            .map(({ found }) => found!.openedShare)
            .sort((a, b) => a - b);
          return [
            scenario,
            own.length,
            own.filter(isGood).length,
            own.filter(({ found }) => found).length,
            shares.length === 0 ? '-' : fixed(shares[shares.length >> 1]!),
          ];
        }),
      ),
      verdict('at least 90 % of insiders', `${good.length} of ${cases.length}`, good.length >= 0.9 * cases.length),
      verdict(
        'median time from the first malicious day to the campaign at most a third of the scenario',
        delays.length === 0 ? 'none found' : fixed(delays[delays.length >> 1]!),
        delays.length > 0 && delays[delays.length >> 1]! <= 1 / 3,
      ),
      verdict(
        'at most one invented campaign per 1,000 person-months',
        `${invented.length} in ${months} person-months, ${fixed((1000 * invented.length) / months)} per 1,000; ${invented.filter(({ lookAlikes }) => lookAlikes.length > 0).length} of them people with a benign look-alike`,
        (1000 * invented.length) / months <= 1,
      ),
      `Missed: ${
        cases
          .filter((one) => !isGood(one))
          .map(({ seed, scenario, person }) => `${scenario} of ${person} (${seed})`)
          .join(', ') || 'none'
      }. A scenario of few odd days, or of one very odd day, ` +
        'is an anomaly and not a chain; intruders and harvested credentials are of this kind.',
      `Joining days took ${fixed(Math.max(...results.map(({ seconds }) => seconds)), 1)} s at most.`,
      growthOf(quick),
    ].join('\n\n');
  },
};

const isGood = ({ found }: CampaignCase): boolean => (found?.namedFirst && found.rightStages >= 2) ?? false;

/** Smaller companies first: the memory of a process only grows. */
function growthOf(quick: boolean): string {
  const points = (quick ? [1000] : [1000, 3000, 10_000, 30_000, 100_000]).map(measureGrowth);
  const last = points.at(-1)!;
  return [
    'One more day, with everything told anew, of a made-up company in which 1 % of the person-days of a 30-day window are odd by chance alone:',
    formatTable(
      ['people', 'odd days', 'first 30 days, s', 'one more day, s', 'memory of the process', 'campaigns'],
      points.map(({ people, signals, fillSeconds, daySeconds, memoryBytes, campaigns: told }) => [
        thousands(people),
        thousands(signals),
        fixed(fillSeconds),
        fixed(daySeconds),
        megabytes(memoryBytes),
        told,
      ]),
    ),
    'Nothing links these days, so campaigns here are those of chance: about one in a thousand person-months is what the line promises.',
    verdict(
      'one more day for 100,000 people in under 60 seconds and 2 GB',
      `${fixed(last.daySeconds)} s and ${megabytes(last.memoryBytes)} for ${thousands(last.people)}`,
      last.people === 100_000 && last.daySeconds < 60 && last.memoryBytes < 2e9,
    ),
  ].join('\n\n');
}
