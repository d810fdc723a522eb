import type { Stage } from '../domain/features.ts';
import { createCampaignState, SETTLING_DAYS, type StateView } from './campaign-state.ts';
import { type ChainState, chainStages, lastingMembers, stageEvidence } from './follow-person.ts';
import type { CampaignInput, CampaignOptions, PersonLink, Signal } from './ports.ts';
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
/** Part of a day's evidence from which the day mainly speaks of a stage, and from which it is named for it at all. */
const MAIN_SHARE = 0.25;
const CLEAR_SHARE = 0.1;
/** Somebody linked belongs to a campaign when their own chain says so much of what the line asks. */
const LINKED_SHARE = 0.5;

/** Campaigns of everything at once. */
export function findCampaigns({ signals, active, links, changes, ...options }: CampaignInput): FoundCampaign[] {
  const state = createCampaignState(options);
  state.apply({ signals, active, links, changes });
  return tellCampaigns(state.view(), options);
}

/** The times in which the days of a person were too much for chance. The least likely first. */
export function tellCampaigns(view: StateView, options: CampaignOptions): FoundCampaign[] {
  const found: FoundCampaign[] = [];
  for (const person of view.people)
    for (const { openedDay, peak } of episodesOf(view.chainOf(person), options.mostChance, view.chanceOf)) {
      const parts = lastingMembers(view.signalsOf(person), peak);
      const endDay = parts.at(-1)!.day;
      found.push({
        people: [person],
        startDay: parts[0]!.day,
        endDay,
        openedDay,
        nats: peak.nats,
        chance: view.chanceOf(peak.nats),
        stages: stagesOf(parts),
        members: parts.map(({ day }) => ({ person, day })),
        changeDay: changeBefore(view, person, openedDay),
        isClosed: view.lastDay - endDay > QUIET_DAYS,
      });
    }
  return joinLinked(found, view, options).sort(
    (a, b) => b.nats - a.nats || a.openedDay - b.openedDay || a.people[0]! - b.people[0]!,
  );
}

const changeBefore = (view: StateView, person: number, openedDay: number): number | undefined =>
  view
    .changesOf(person)
    .map(({ day }) => day)
    .filter((day) => day <= openedDay && day > openedDay - SETTLING_DAYS)
    .sort((a, b) => b - a)[0];

interface Episode {
  openedDay: number;
  peak: ChainState;
}

/** Times of one chain each in which it was above the line. */
function* episodesOf(
  chain: readonly ChainState[],
  mostChance: number,
  chanceOf: StateView['chanceOf'],
): Generator<Episode> {
  let current: Episode | undefined;
  for (const state of chain) {
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

/** A stage is told that has its part in the chain, or that one day mainly speaks of; in the order in which they show. */
function stagesOf(parts: readonly Signal[]): FoundCampaign['stages'] {
  const lasting = chainStages(stageEvidence(parts));
  const ofOneDay = parts.flatMap(({ stages }) => stages.filter(({ share }) => share >= MAIN_SHARE));
  return [...new Set([...lasting, ...ofOneDay.map(({ stage }) => stage)])]
    .map((stage) => {
      const days = parts.flatMap(({ day, nats, stages }) =>
        stages
          .filter((one) => one.stage === stage)
          .map(({ share, text }) => ({ day, nats: nats * share, share, text })),
      );
      const strongest = days.reduce((best, one) => (one.nats > best.nats ? one : best));
      const clear = days.filter((one) => one.share >= CLEAR_SHARE || one === strongest);
      return { stage, days: [...new Set(clear.map(({ day }) => day))], text: strongest.text };
    })
    .sort((a, b) => a.days[0]! - b.days[0]! || rankOf(a.stage) - rankOf(b.stage) || (a.stage < b.stage ? -1 : 1));
}

/** People who used each other's computers within the time, and whose own days are odd as well, belong to one campaign. */
function joinLinked(found: readonly FoundCampaign[], view: StateView, options: CampaignOptions): FoundCampaign[] {
  const links = new Map<number, { other: number; day: number }[]>();
  const add = (person: number, other: number, { day }: PersonLink) =>
    links.set(person, [...(links.get(person) ?? []), { other, day }]);
  for (const link of view.links) {
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
      const states = view
        .chainOf(other)
        .filter((state) => state.day >= campaign.startDay && state.day <= campaign.endDay);
      const peak = states.reduce<ChainState | undefined>(
        (best, one) => (one.nats > (best?.nats ?? 0) ? one : best),
        undefined,
      );
      if (!peak || view.chanceOf(peak.nats) > options.mostChance ** LINKED_SHARE) continue;
      campaign.people.push(other);
      campaign.members.push(
        ...lastingMembers(view.signalsOf(other), peak).map(({ day: on }) => ({ person: other, day: on })),
      );
    }
    campaign.members.sort((a, b) => a.day - b.day || a.person - b.person);
    kept.push(campaign);
  }
  return kept;
}

const overlaps = (one: FoundCampaign, startDay: number, endDay: number): boolean =>
  one.startDay <= endDay && one.endDay >= startDay;
