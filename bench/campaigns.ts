import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TruthEpisode } from '../simulator/enterprise/types.ts';
import type { Campaign } from '../src/domain/findings.ts';
import { parseDay } from '../src/domain/time.ts';
import { analyseFolder, writeEnterprise } from './setting.ts';

/** Insiders of the synthetic enterprise as campaigns: named first, stages right, how early; and campaigns that are none. */

export interface CampaignOptions {
  people: number;
  days: number;
  seed: number;
}

export interface CampaignCase {
  seed: number;
  scenario: string;
  person: string;
  /** Best campaign that meets the scenario; `undefined`: none does. */
  found: { namedFirst: boolean; rightStages: number; campaigns: number; openedShare: number } | undefined;
}

export interface CampaignResult {
  seed: number;
  cases: CampaignCase[];
  invented: { person: string; chance: number; stages: string[]; lookAlikes: string[] }[];
  campaigns: number;
  personMonths: number;
  seconds: number;
}

/** Words of the simulator's truth in ours. */
const STAGES: Record<string, readonly string[]> = {
  reconnaissance: ['intent', 'discovery'],
  'resource-development': ['execution'],
  'initial-access': ['initial_access'],
  'credential-access': ['credential_access', 'execution'],
  discovery: ['discovery', 'lateral_movement'],
  'lateral-movement': ['lateral_movement'],
  staging: ['collection'],
};

export async function runCampaigns(options: CampaignOptions): Promise<CampaignResult> {
  const folder = await mkdtemp(join(tmpdir(), 'undercurrent-campaigns-'));
  try {
    const { truth, personOf } = writeEnterprise({ ...options, format: 'jsonl' }, join(folder, 'logs'));
    const run = await analyseFolder(join(folder, 'logs'), join(folder, 'data'), {
      format: 'auto',
      budgetPerDay: options.people / 100,
      personOf,
    });
    const names = new Map(run.ids.map((id, row) => [id, run.names[row]!]));
    const { campaigns, table, summary } = run.analysis;
    const used = new Set<Campaign>();
    const cases = truth
      .filter(({ type }) => type === 'insider')
      .map((episode) => judgeInsider(options.seed, episode, campaigns, names, used));
    const lookAlikes = truth.filter(({ type }) => type === 'lookalike');
    const invented = campaigns
      .filter((campaign) => !used.has(campaign))
      .map(({ people, chance, stages }) => ({
        person: names.get(people[0]!) ?? '',
        chance,
        stages: stages.map(({ stage }) => stage as string),
        lookAlikes: lookAlikes.filter(({ person }) => person === names.get(people[0]!)).map(({ scenario }) => scenario),
      }));
    return {
      seed: options.seed,
      cases,
      invented,
      campaigns: campaigns.length,
      personMonths: (table.people.length * options.days) / 30,
      seconds: summary.seconds.campaigns,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function judgeInsider(
  seed: number,
  episode: TruthEpisode,
  campaigns: readonly Campaign[],
  names: ReadonlyMap<string, string>,
  used: Set<Campaign>,
): CampaignCase {
  const people = new Set([episode.person, ...(episode.victims ?? []).map(String)]);
  const meeting = campaigns.filter(
    (one) =>
      one.end >= episode.start && one.start <= episode.end && one.people.some((id) => people.has(names.get(id)!)),
  );
  for (const one of meeting) used.add(one);
  const isFirst = (one: Campaign): boolean => names.get(one.people[0]!) === episode.person;
  const best = meeting.find(isFirst) ?? meeting[0];
  const { scenario, person } = episode;
  if (!best) return { seed, scenario, person, found: undefined };
  const stages = new Set(episode.days.flatMap(({ stage }) => STAGES[stage] ?? [stage]));
  const first = parseDay(episode.days[0]?.day ?? episode.start)!;
  const length = parseDay(episode.end)! - parseDay(episode.start)! + 1;
  return {
    seed,
    scenario,
    person,
    found: {
      namedFirst: isFirst(best),
      rightStages: best.stages.filter(({ stage }) => stages.has(stage)).length,
      campaigns: meeting.length,
      openedShare: (parseDay(best.opened)! - first) / length,
    },
  };
}
