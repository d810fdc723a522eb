import type { Stage } from '../domain/features.ts';

/** What one odd person-day says: most of them harmless, alone below any alert line. */
export interface Signal {
  /** Row of the person, as in `CampaignInput.people`. */
  person: number;
  /** Local day number. */
  day: number;
  /** Evidence that the day is unusual, without what earlier days add. */
  nats: number;
  /** The stages it speaks of, strongest first. */
  stages: readonly StageSignal[];
}

export interface StageSignal {
  stage: Stage;
  /** Part of the day's evidence, 0-1. */
  share: number;
  /** The strongest figure behind it, in words. */
  text: string;
}

/** Somebody used for the first time what was somebody else's. */
export interface PersonLink {
  visitor: number;
  owner: number;
  day: number;
}

/** A known change of place or duties of a person. */
export interface KnownChange {
  person: number;
  day: number;
}

export interface CampaignOptions {
  seed: number;
  /** Days without a signal after which a chain begins anew. */
  windowDays: number;
  /** A chain is told when chance makes at most so many a person-month. */
  mostChance: number;
}

/** What became known, in any order and in any parts; rows of people stay the same for one state. */
export interface CampaignNews {
  /** A person-day that is scored again replaces what it said. */
  signals?: readonly Signal[];
  /** Person-days with any activity, in parallel: chance can only hit who was there. */
  active?: { person: ArrayLike<number>; day: ArrayLike<number> };
  links?: readonly PersonLink[];
  changes?: readonly KnownChange[];
}

export type CampaignInput = Required<CampaignNews> & CampaignOptions;
