import type { Stage } from '../domain/features.ts';
import type { Signal } from './ports.ts';

/**
 * The evidence of one person's days summed over time with a slow leak (an exponentially weighted sum of exceedances; after
 * Page, Continuous inspection schemes, Biometrika 1954, and Roberts, Technometrics 1959). Every day adds what its evidence is
 * above `LEAST_NATS`, at most `MOST_NATS` of it: ordinary days add nothing, odd days add up even with quiet ones in between,
 * and what is weeks ago fades. One day alone is an anomaly, not a chain.
 */
/** About one person-day in fifty has more. Days with less need not be given. */
export const LEAST_NATS = 6;
const MOST_NATS = 12;
const FADING_PER_DAY = 0.95;
/** A stage belongs to the chain when so much of its evidence speaks of it. */
const LEAST_STAGE_SHARE = 0.1;

export interface ChainState {
  /** As of this day. */
  day: number;
  /** Nats; 0 while it is not of two stages and two days. */
  nats: number;
  /** First day of the chain. */
  startDay: number;
  /** Positions of the signals that raised it. */
  members: readonly number[];
}

interface Running {
  sum: number;
  startDay: number;
  lastDay: number;
  members: number[];
  stages: Map<Stage, number>;
}

/**
 * States of the chain after each day with a signal.
 * @param signals of one person, ascending by day
 */
export function* followPerson(signals: readonly Signal[], windowDays: number): Generator<ChainState> {
  let running: Running | undefined;
  for (const [index, signal] of signals.entries()) {
    if (running && signal.day - running.lastDay > windowDays) running = undefined;
    const gain = gainOf(signal);
    if (gain === 0) continue;
    running ??= { sum: 0, startDay: signal.day, lastDay: signal.day, members: [], stages: new Map() };
    running.sum = running.sum * FADING_PER_DAY ** (signal.day - running.lastDay) + gain;
    running.lastDay = signal.day;
    running.members.push(index);
    for (const { stage, share } of signal.stages)
      running.stages.set(stage, (running.stages.get(stage) ?? 0) + share * gain);
    const isChain = running.members.length >= 2 && chainStages(running.stages).length >= 2;
    yield {
      day: signal.day,
      nats: isChain ? running.sum : 0,
      startDay: running.startDay,
      members: [...running.members],
    };
  }
}

/** What a day adds. */
const gainOf = ({ nats }: Pick<Signal, 'nats'>): number => Math.max(0, Math.min(MOST_NATS, nats) - LEAST_NATS);

/** A day belongs to a chain while so much of the chain is still its own. */
const LEAST_DAY_SHARE = 0.03;

/** The days that a chain is made of as of its `day`, without those that have all but faded. */
export const lastingMembers = (signals: readonly Signal[], { day, nats, members }: ChainState): Signal[] =>
  members
    .map((at) => signals[at]!)
    .filter((signal) => gainOf(signal) * FADING_PER_DAY ** (day - signal.day) >= LEAST_DAY_SHARE * nats);

/** The stages that count, of evidence by stage. */
export function chainStages(evidence: ReadonlyMap<Stage, number>): Stage[] {
  const total = [...evidence.values()].reduce((sum, nats) => sum + nats, 0);
  return [...evidence].filter(([, nats]) => nats >= LEAST_STAGE_SHARE * total).map(([stage]) => stage);
}

/** Evidence by stage of the days of a chain. */
export function stageEvidence(signals: readonly Signal[]): Map<Stage, number> {
  const evidence = new Map<Stage, number>();
  for (const { nats, stages } of signals)
    for (const { stage, share } of stages) evidence.set(stage, (evidence.get(stage) ?? 0) + share * gainOf({ nats }));
  return evidence;
}
