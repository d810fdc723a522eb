import type { CampaignChange } from '../domain/campaign-events.ts';
import type { Stage } from '../domain/features.ts';
import type { Campaign } from '../domain/findings.ts';
import { fitStatements, type Statement } from './fit-statements.ts';
import { cleanName, cleanText, countOf, formatInstant, joinWords } from './plain-text.ts';

/** Raised when the wording changes. */
export const CAMPAIGN_NOTE_WORDING = 1;

/** See `offense-note.ts`. */
const ROOM = { characters: 1940, encodedBytes: 5400 };
const MOST = { stages: 12, days: 6 };
const LONGEST = { account: 80, figure: 260, sentence: 300 };

export interface CampaignNoteFacts {
  /** `CAMPAIGN.NUMBER` */
  id: string;
  number: number;
  change: CampaignChange;
  campaign: Campaign;
  /** Stages that an earlier state told already. */
  knownStages: readonly Stage[];
  /** Anomalies that an earlier state told already. */
  knownAnomalies: readonly string[];
  mergedInto: string | undefined;
  /** As the offense names the user. */
  account: string;
  timeMs: number;
}

/**
 * One state of a campaign as a note on its offense: what is new first, then the timeline. Plain text of at most 1940
 * characters, the same for the same facts. Of people it names only the user of the offense; others are counted.
 */
export function composeCampaignNote(facts: CampaignNoteFacts): string {
  const isEnd = facts.change === 'merged' || facts.change === 'closed';
  const statements: Statement[] = [
    { priority: 0, text: headline(facts) },
    ...(isEnd ? [] : [...news(facts), ...timeline(facts), ...doubts(facts.campaign)]),
    { priority: 0, text: footer(facts) },
  ];
  return fitStatements(statements, ROOM);
}

const wordOf = (stage: Stage): string => cleanName(stage.replaceAll(/[-_]/g, ' '), 40);

function headline({ change, campaign, account, mergedInto }: CampaignNoteFacts): string {
  const who = cleanName(account, LONGEST.account) || 'the user';
  const span = `${cleanName(campaign.start, 10)} to ${cleanName(campaign.end, 10)}`;
  const what = `${countOf(campaign.stages.length, 'stage')} on ${countOf(campaign.anomalies.length, 'day')} of activity, ${span}`;
  switch (change) {
    case 'opened':
      return `Campaign opened about ${who}: ${what}. Each day alone may be harmless; together ${chanceText(campaign)}.`;
    case 'grown':
      return `Campaign about ${who} has grown: ${what}; ${chanceText(campaign)}.`;
    case 'merged':
      return `Campaign about ${who} goes on as part of campaign ${cleanName(mergedInto ?? 'unknown', 40)}.`;
    case 'closed':
      return campaign.isClosed
        ? `Campaign about ${who} closed: no new signal for two weeks. It held ${what}.`
        : `Campaign about ${who} withdrawn: with what is known now, chance explains it. It held ${what}.`;
  }
}

function chanceText({ chance }: Campaign): string {
  if (!Number.isFinite(chance) || chance <= 0) return 'chance does not explain them here';
  const months = Number(Math.max(1, 1 / Math.max(chance, 1e-9)).toPrecision(2));
  return `chance joins days so in about 1 of ${months.toLocaleString('en')} person-months here`;
}

function news({ change, campaign, knownStages, knownAnomalies }: CampaignNoteFacts): Statement[] {
  if (change !== 'grown') return [];
  const fresh = campaign.stages.filter(({ stage }) => !knownStages.includes(stage)).map(({ stage }) => wordOf(stage));
  const days = campaign.anomalies.filter((id) => !knownAnomalies.includes(id)).length;
  const parts = [...(fresh.length > 0 ? [joinWords(fresh)] : []), ...(days > 0 ? [countOf(days, 'more day')] : [])];
  return parts.length === 0 ? [] : [{ priority: 1, text: `New since the last note: ${joinWords(parts)}.` }];
}

function timeline({ campaign, knownStages }: CampaignNoteFacts): Statement[] {
  return campaign.stages.slice(0, MOST.stages).map(({ stage, days, text }, index) => {
    const shown = days.slice(0, MOST.days).map((day) => cleanName(day, 10));
    const more = days.length > MOST.days ? ` and ${days.length - MOST.days} more` : '';
    const figure = cleanName(text, LONGEST.figure);
    const sentence = `(${index + 1}) ${wordOf(stage)}, ${shown.join(', ')}${more}: ${figure}`;
    return { priority: knownStages.includes(stage) ? 3 : 2, text: sentence.endsWith('.') ? sentence : `${sentence}.` };
  });
}

function doubts({ people, benign, missing }: Campaign): Statement[] {
  const sentence = cleanText(benign ?? '').slice(0, LONGEST.sentence);
  return [
    ...(people.length > 1
      ? [
          {
            priority: 2,
            text: `${countOf(people.length - 1, 'more person', 'more people')} linked by shared computers or accounts.`,
          },
        ]
      : []),
    ...(sentence === ''
      ? []
      : [{ priority: 3, text: `Harmless reading: ${sentence.endsWith('.') ? sentence : `${sentence}.`}` }]),
    ...(missing.length > 0
      ? [{ priority: 4, text: `Not seen, and would make it firm: ${joinWords(missing.slice(0, 6).map(wordOf))}.` }]
      : []),
  ];
}

const footer = ({ id, number, campaign, timeMs }: CampaignNoteFacts): string =>
  `Campaign ${cleanName(campaign.id, 40)}, state ${number}, finding ${cleanName(id, 60)}, told ${formatInstant(timeMs)}, wording ${CAMPAIGN_NOTE_WORDING}.`;
