import type { Stage } from '../domain/features.ts';

/** What one active person-day says: most of them harmless, alone below any alert line. */
export interface Signal {
  /** Row of the person, as in `CampaignInput.people`. */
  person: number;
  /** Local day number. */
  day: number;
  /** How rare such a day is in this organisation and for the person, -ln of the rate; 0 says nothing. */
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

export interface CampaignInput {
  /** Pseudonyms. */
  people: readonly string[];
  /** One for each active person-day, in any order. */
  signals: readonly Signal[];
  links: readonly PersonLink[];
  changes: readonly KnownChange[];
  seed: number;
  /** Days without any activity after which a chain begins anew. */
  windowDays: number;
  /** A chain is told when chance makes at most so many a person-month. */
  mostChance: number;
}
