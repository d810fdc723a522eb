import type { Matrix } from '../numeric/matrix.ts';

/** Compressed sparse rows: row i holds entries `offsets[i]` up to `offsets[i + 1]` (exclusive). */
export interface SparseRows {
  /** Number of distinct resources; every index is in [0, columns). */
  readonly columns: number;
  /** rows + 1 values. */
  readonly offsets: Int32Array;
  /** Ascending within a row. The numbering must not depend on the order of people or of events. */
  readonly indices: Int32Array;
  readonly counts: Float32Array;
}

/** Behaviour of n people over a trailing window. */
export interface BehaviourWindow {
  /** n x V: a robust mean of log1p feature values over the days of the window; NaN or infinite = unknown. */
  readonly volumes: Matrix;
  /** n x 168 (local hour of the week, Monday 00 first), n x 31 (24 hours then 7 weekdays) or any other split of the
   * activity; counts or shares. A row of zeros = unknown. */
  readonly rhythm: Matrix;
  /** Resources (files, hosts, databases, sites) touched, with how often. */
  readonly resources: SparseRows;
  /** n x T: counts or shares of transitions between activity classes. */
  readonly transitions?: Matrix;
}

/** Static attributes; `''` = unknown. */
export interface PersonAttributes {
  readonly role: string;
  readonly department: string;
  readonly team: string;
  readonly projects: readonly string[];
}

export interface AttributeChange {
  /** Row of the person. */
  readonly person: number;
  /** First day the present attributes hold. */
  readonly day: number;
  readonly before: PersonAttributes;
}

export interface PeerInput extends BehaviourWindow {
  readonly day: number;
  /** Pseudonyms, distinct; row i of everything else belongs to `people[i]`. The order has no influence. */
  readonly people: readonly string[];
  /** Names of the volume columns, for reasons and labels. */
  readonly volumeLabels: readonly string[];
  readonly attributes?: readonly (PersonAttributes | undefined)[];
  readonly attributeChanges?: readonly AttributeChange[];
  /** Days with any activity in the window; n. */
  readonly activeDays: Float64Array;
  /** The last few days (5 working days, say) of the same people and columns: shows who moves before the window does. */
  readonly recent?: BehaviourWindow;
  readonly seed: number;
  /** Smallest group, default 5. */
  readonly minimumSize?: number;
  /** Nearest peers kept a person, default 25. */
  readonly neighbours?: number;
  /** Working days over which a mover is compared with both groups, default 10. */
  readonly graceDays?: number;
  readonly previous?: PreviousPeers;
}

/** What the next day needs of a model; a `PeerModel` is one. */
export interface PreviousPeers {
  readonly day: number;
  /** Day of the last search for the number of groups. */
  readonly searchedDay: number;
  readonly people: readonly string[];
  readonly group: Int32Array;
  readonly groups: readonly { readonly id: string }[];
  readonly movers: readonly Mover[];
}

export type Reason =
  /** Group mean against the mean of everybody; `strength` in robust standard deviations, signed. */
  | { kind: 'volume'; trait: string; groupMean: number; companyMean: number; strength: number }
  /** Share of activity in a part of the week. */
  | { kind: 'rhythm'; trait: string; groupMean: number; companyMean: number; strength: number }
  /** Share of people who touch a resource (its index). */
  | { kind: 'resource'; resource: number; groupShare: number; companyShare: number; strength: number }
  | {
      kind: 'attribute';
      trait: 'role' | 'department' | 'team' | 'project';
      value: string;
      groupShare: number;
      companyShare: number;
      strength: number;
    };

export interface LearnedGroup {
  readonly id: string;
  readonly label: string;
  /** Rows of the members, ascending. */
  readonly members: Int32Array;
  readonly size: number;
  /** Mean similarity of the members to the centre, 0-1. */
  readonly cohesion: number;
  /** Mean silhouette of (a sample of) the members, -1 to 1; NaN when there is no other group. */
  readonly silhouette: number;
  /** Distance from the centre beyond which nobody belongs. */
  readonly radius: number;
  /** Traits that set the group apart, strongest first. */
  readonly reasons: readonly Reason[];
}

/** How the groups of a day came from those of the day before. */
export interface LineageEvent {
  readonly kind: 'kept' | 'new' | 'split' | 'merged' | 'ended';
  /** Group of the new day; of the old day when it ended. */
  readonly id: string;
  /** Groups of the day before that gave at least a fifth of its members. */
  readonly from: readonly string[];
  /** Overlap with the first of `from` (Jaccard), 0-1. */
  readonly overlap: number;
}

/** A person who changes place: to be compared with both groups for a while. */
export interface Mover {
  /** Pseudonym. */
  readonly person: string;
  readonly reason: 'attributes' | 'behaviour';
  readonly sinceDay: number;
  /** Working days of grace used up, 0 to the length of the grace period. */
  readonly workingDays: number;
  /** Group ids; `''` = none. */
  readonly from: string;
  readonly to: string;
  /** Weight of the new group, 0-1; the old one has the rest. */
  readonly weight: number;
}

export interface PeerQuality {
  /** Mean silhouette over a sample of grouped people, NaN with fewer than two groups. */
  readonly silhouette: number;
  /** Adjusted Rand index against the previous day over people grouped on both, NaN without a previous day. */
  readonly ari: number;
  /** Share of people known on both days whose group id changed, NaN without a previous day. */
  readonly churn: number;
  /** Share of people without a group. */
  readonly ungrouped: number;
  /** Learned weight of each attribute: share of behavioural variance it explains, adjusted for chance, 0-1. */
  readonly attributeWeights: Readonly<Record<'role' | 'department' | 'team' | 'project', number>>;
}

/** Rows are those of the input it was learned from. */
export interface PeerModel extends PreviousPeers {
  readonly groups: readonly LearnedGroup[];
  /** Index into `groups`, -1 = none fits; n. */
  readonly group: Int32Array;
  /** Three most likely groups of each person, n x 3: index (-1 = unused) and probability. */
  readonly membership: { readonly groups: Int32Array; readonly probabilities: Float32Array };
  /** Nearest peers, n x k, nearest first; -1 = unused. */
  readonly neighbours: Int32Array;
  /** 1 = same behaviour, 0.37 = as far apart as two people drawn at random; n x k. */
  readonly similarity: Float32Array;
  /** k. */
  readonly neighbourCount: number;
  /** n x d: position of each person; distances in it are what the groups are made of. */
  readonly embedding: Matrix;
  /** Mean squared distance of two people drawn at random. */
  readonly spread: number;
  readonly quality: PeerQuality;
  readonly lineage: readonly LineageEvent[];
}
