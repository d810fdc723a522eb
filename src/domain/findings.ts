import type { Stage } from './features.ts';

/** What `detect` produces and readers see. Higher score = more unusual, everywhere. */

/** One feature's departure from the person's own history or from peers. */
export interface Deviation {
  feature: string;
  /** The person's figure on that day, in the feature's unit. */
  value: number;
  /** Median of the person's own earlier days of the same kind; NaN when there are too few. */
  selfMedian: number;
  /** Median over the peers used for comparison on that day; NaN when there are too few. */
  peerMedian: number;
  /** How many peers the comparison used. */
  peers: number;
  /** value / reference median, floored so that a zero median gives a finite ratio. */
  ratio: number;
  /** Calibrated tail probability of a value at least this extreme, 0-1. */
  tail: number;
  /** Part of the anomaly's score due to this deviation; the shares of one anomaly add up to 1. */
  share: number;
  text: string;
}

export interface Evidence {
  activityId: string;
  time: string;
}

export interface Anomaly {
  id: string;
  /** Local day, `YYYY-MM-DD`. */
  day: string;
  /** Person id (keyed pseudonym). */
  person: string;
  score: number;
  alert: boolean;
  /** By how much unusual days in the three weeks before raised the evidence, 1 to 3. */
  recurrence: number;
  deviations: Deviation[];
  evidence: Evidence[];
  text: string;
}

export interface PeerGroup {
  id: string;
  day: string;
  size: number;
  /** Mean similarity of members to the group's centre, 0-1. */
  cohesion: number;
  label: string;
  members: string[];
}

/** One stage of a campaign, with the days on which it shows. */
export interface CampaignStage {
  stage: Stage;
  /** Local days, `YYYY-MM-DD`. */
  days: string[];
  /** The strongest figure behind it, in words. */
  text: string;
}

/** Weak signals of days or weeks that chance does not join. */
export interface Campaign {
  id: string;
  /** Person ids, the one it is about first. */
  people: string[];
  /** First and last day with a signal that counts. */
  start: string;
  end: string;
  /** Day on which the chain first was too strong for chance. */
  opened: string;
  /** 0-100; 50 is the line of `chance`. */
  score: number;
  /** Such chains a person-month in this organisation with the links between days cut. */
  chance: number;
  /** In the order in which they show. */
  stages: CampaignStage[];
  /** Ids of the person-days it is made of, whether they are shown or not. */
  anomalies: string[];
  /** The most likely harmless reason, and why it is not enough; `undefined`: none is known. */
  benign: string | undefined;
  /** Stages that would make it firm. */
  missing: Stage[];
  /** No new signal for two weeks. */
  isClosed: boolean;
  text: string;
}
