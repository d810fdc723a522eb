import { createHash } from 'node:crypto';
import type { Campaign } from '../domain/findings.ts';
import { formatDay } from '../domain/time.ts';
import type { FoundCampaign } from './find-campaigns.ts';
import { missingStages, STAGE_WORDS } from './stage-order.ts';

/** Raised whenever the same signals would give other campaigns. */
export const CAMPAIGN_VERSION = 2;

/** The same as long as the campaign is about the same person and opened on the same day. */
const campaignId = (lead: string, openedDay: number): string =>
  `c-${createHash('sha256').update(`${lead} ${openedDay} ${CAMPAIGN_VERSION}`).digest('hex').slice(0, 16)}`;

/** `1 in 2,300` */
const oneIn = (chance: number): string => {
  const months = Math.round(1 / Math.max(chance, 1e-9));
  return `1 in ${Number(months.toPrecision(2)).toLocaleString('en')}`;
};

/**
 * A campaign in words.
 * @param people pseudonyms by row
 * @param anomalyId id of a person-day
 * @param mostChance the line: a chain of that chance scores 50
 */
export function describeCampaign(
  found: FoundCampaign,
  people: readonly string[],
  anomalyId: (person: string, day: string) => string,
  mostChance: number,
): Campaign {
  const names = found.people.map((row) => people[row]!);
  const stages = found.stages.map(({ stage, days, text }) => ({ stage, days: days.map(formatDay), text }));
  const missing = missingStages(found.stages.map(({ stage }) => stage));
  const benign = describeBenign(found);
  const surprise = -Math.log(Math.max(found.chance, 1e-12));
  const line = -Math.log(mostChance);
  const days = found.endDay - found.startDay + 1;
  const text = [
    `${found.stages.length} stages over ${days} days, ${formatDay(found.startDay)} to ${formatDay(found.endDay)}; chance joins days so about ${oneIn(found.chance)} person-months.`,
    ...stages.map(({ stage, days: on, text: figure }) => `${STAGE_WORDS[stage]} (${on.join(', ')}): ${figure}.`),
    ...(names.length > 1
      ? [`${names.length - 1} more account holder${names.length > 2 ? 's' : ''} linked by a computer.`]
      : []),
    ...(benign === undefined ? [] : [benign]),
    ...(missing.length > 0
      ? [`Not seen, and would make it firm: ${missing.map((stage) => STAGE_WORDS[stage]).join(', ')}.`]
      : []),
  ].join(' ');
  return {
    id: campaignId(names[0]!, found.openedDay),
    people: names,
    start: formatDay(found.startDay),
    end: formatDay(found.endDay),
    opened: formatDay(found.openedDay),
    score: (100 * surprise) / (surprise + line),
    chance: found.chance,
    stages,
    anomalies: found.members.map(({ person, day }) => anomalyId(people[person]!, formatDay(day))),
    benign,
    missing,
    isClosed: found.isClosed,
    text,
  };
}

const describeBenign = ({ changeDay }: FoundCampaign): string | undefined =>
  changeDay === undefined
    ? undefined
    : `A change of duties on ${formatDay(changeDay)} explains new things; the evidence of these weeks counts three fifths, and that is still too much for chance.`;
