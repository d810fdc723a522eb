import type { FeatureInfo, FeatureTable } from '../domain/features.ts';

/** Nearest peers of everybody, as of a day; used for that day and later ones until the next entry. */
export interface PeerEpoch {
  fromDay: number;
  /** P x k positions in `FeatureTable.people`; -1 where there are fewer. */
  neighbours: Int32Array;
  k: number;
  /** P x k: for people who are changing place, peers in the place they move to; -1 elsewhere. The milder view counts. */
  alternates?: Int32Array;
}

export interface PersonDayInput {
  table: FeatureTable;
  features: readonly FeatureInfo[];
  /** Row -> the day is a day off. */
  dayOff: Uint8Array;
  /** Ascending by day; empty when peers are not known. */
  epochs: readonly PeerEpoch[];
  seed: number;
}
