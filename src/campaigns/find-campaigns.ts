import type { Stage } from '../domain/features.ts';
import { measureChance } from './chance.ts';
import {
  type ChainState,
  chainStages,
  followPerson,
  groupSignals,
  lastingMembers,
  stageEvidence,
} from './follow-person.ts';
import type { CampaignInput, PersonLink, Signal } from './ports.ts';
import { rankOf } from './stage-order.ts';

/** A chain that chance does not explain, before it is put into words. Days are local day numbers. */
export interface FoundCampaign {
  /** Rows of people; the one it is about first. */
  people: number[];
  startDay: number;
  endDay: number;
  /** When the chain was first too strong for chance. */
  openedDay: number;
  /** At its strongest. */
  nats: number;
  chance: number;
  stages: { stage: Stage; days: number[]; text: string }[];
  /** Person and day of every signal, ascending by day. */
  members: { person: number; day: number }[];
  /** Day of a known change of the person's duties shortly before. */
  changeDay: number | undefined;
  /** No new signal for two weeks, as of the last day of the input. */
  isClosed: boolean;
}

/** So long without a signal ends a campaign. */
const QUIET_DAYS = 14;
/** A change of duties explains what is new for so long. */
const SETTLING_DAYS = 28;
/** What a change of duties leaves of a day's surprise. */
const SETTLING_SHARE = 0.6;
/** Somebody linked belongs to a campaign when their own chain says so much of what the line asks. */
const LINKED_SHARE = 0.5;

/**
 * Follows every person's days, and gives the times in which they were too much for chance. The same signals in any order give
 * the same campaigns. The least likely first.
 */
export function findCampaigns(input: CampaignInput): FoundCampaign[] {
  if (input.signals.length === 0) return [];
  const settled = { ...input, signals: settle(input) };
  const chance = measureChance(settled);
  const signals = groupSignals(settled.signals, input.people.length);
  const lastDay = input.signals.reduce((last, { day }) => Math.max(last, day), Number.NEGATIVE_INFINITY);
  const found: FoundCampaign[] = [];
  for (const [person, own] of signals.entries())
    for (const episode of episodesOf(own, input, chance.of)) {
      const parts = lastingMembers(own, episode.peak);
      const endDay = parts.at(-1)!.day;
      const campaign: FoundCampaign = {
        people: [person],
        startDay: parts[0]!.day,
        endDay,
        openedDay: episode.openedDay,
        nats: episode.peak.nats,
        chance: chance.of(episode.peak.nats),
        stages: stagesOf(parts),
        members: parts.map(({ day }) => ({ person, day })),
        changeDay: changeBefore(input, person, episode.openedDay),
        isClosed: lastDay - endDay > QUIET_DAYS,
      };
      found.push(campaign);
    }
  const joined = joinLinked(found, signals, input, chance.of);
  return joined.sort((a, b) => b.nats - a.nats || a.openedDay - b.openedDay || a.people[0]! - b.people[0]!);
}

/** Days after a known change of duties say less. */
function settle({ signals, changes }: CampaignInput): readonly Signal[] {
  const days = Map.groupBy(changes, ({ person }) => person);
  if (days.size === 0) return signals;
  const isSettling = ({ person, day }: Signal): boolean =>
    days.get(person)?.some((change) => day >= change.day && day < change.day + SETTLING_DAYS) ?? false;
  return signals.map((signal) => (isSettling(signal) ? { ...signal, nats: signal.nats * SETTLING_SHARE } : signal));
}

const changeBefore = ({ changes }: CampaignInput, person: number, openedDay: number): number | undefined =>
  changes
    .filter((one) => one.person === person && one.day <= openedDay && one.day > openedDay - SETTLING_DAYS)
    .map(({ day }) => day)
    .sort((a, b) => b - a)[0];

interface Episode {
  openedDay: number;
  peak: ChainState;
}

/** Times of one chain each in which it was above the line. */
function* episodesOf(
  own: readonly Signal[],
  { windowDays, mostChance }: CampaignInput,
  chanceOf: (nats: number) => number,
): Generator<Episode> {
  let current: Episode | undefined;
  for (const state of followPerson(own, windowDays)) {
    if (current && state.startDay !== current.peak.startDay) {
      yield current;
      current = undefined;
    }
    if (state.nats === 0 || chanceOf(state.nats) > mostChance) continue;
    current ??= { openedDay: state.day, peak: state };
    if (state.nats > current.peak.nats) current.peak = state;
  }
  if (current) yield current;
}

function stagesOf(parts: readonly Signal[]): FoundCampaign['stages'] {
  return chainStages(stageEvidence(parts))
    .map((stage) => {
      const days = parts.flatMap(({ day, nats, stages }) =>
        stages.filter((one) => one.stage === stage).map(({ share, text }) => ({ day, nats: nats * share, text })),
      );
      const strongest = days.reduce((best, one) => (one.nats > best.nats ? one : best));
      return { stage, days: [...new Set(days.map(({ day }) => day))], text: strongest.text };
    })
    .sort((a, b) => rankOf(a.stage) - rankOf(b.stage) || (a.stage < b.stage ? -1 : 1));
}

/** People who used each other's computers within the time, and whose own days are odd as well, belong to one campaign. */
function joinLinked(
  found: readonly FoundCampaign[],
  signals: readonly (readonly Signal[])[],
  input: CampaignInput,
  chanceOf: (nats: number) => number,
): FoundCampaign[] {
  const links = new Map<number, { other: number; day: number }[]>();
  const add = (person: number, other: number, { day }: PersonLink) =>
    links.set(person, [...(links.get(person) ?? []), { other, day }]);
  for (const link of input.links) {
    add(link.visitor, link.owner, link);
    add(link.owner, link.visitor, link);
  }
  const strongestFirst = [...found].sort((a, b) => b.nats - a.nats || a.people[0]! - b.people[0]!);
  const kept: FoundCampaign[] = [];
  for (const campaign of strongestFirst) {
    const [lead] = campaign.people as [number];
    const teller = kept.find(
      ({ people, startDay, endDay }) => people.includes(lead) && overlaps(campaign, startDay, endDay),
    );
    if (teller) {
      teller.openedDay = Math.min(teller.openedDay, campaign.openedDay);
      continue;
    }
    for (const { other, day } of links.get(lead) ?? []) {
      if (campaign.people.includes(other) || day < campaign.startDay || day > campaign.endDay) continue;
      const states = [...followPerson(signals[other]!, input.windowDays)].filter(
        (state) => state.day >= campaign.startDay && state.day <= campaign.endDay,
      );
      const peak = states.reduce<ChainState | undefined>(
        (best, one) => (one.nats > (best?.nats ?? 0) ? one : best),
        undefined,
      );
      if (!peak || chanceOf(peak.nats) > input.mostChance ** LINKED_SHARE) continue;
      campaign.people.push(other);
      campaign.members.push(
        ...lastingMembers(signals[other]!, peak).map(({ day: on }) => ({ person: other, day: on })),
      );
    }
    campaign.members.sort((a, b) => a.day - b.day || a.person - b.person);
    kept.push(campaign);
  }
  return kept;
}

const overlaps = (one: FoundCampaign, startDay: number, endDay: number): boolean =>
  one.startDay <= endDay && one.endDay >= startDay;
