import type { FeatureInfo, FeatureTable } from '../domain/features.ts';

/** Nearest peers of everybody, as of a day; used for that day and later ones until the next entry. */
export interface PeerEpoch {
  fromDay: number;
  /** P x k positions in `FeatureTable.people`; -1 where there are fewer. */
  neighbours: Int32Array;
  k: number;
}

/** Somebody who works somewhere else since a day. From `knownDay` on they are judged as if their history began on
 * `sinceDay`, and for `GRACE_DAYS` days the milder of the views of old and new peers counts. */
export interface ChangeOfPlace {
  person: number;
  sinceDay: number;
  knownDay: number;
  /** Positions in `FeatureTable.people`. */
  peers: Int32Array;
}

export interface PersonDayInput {
  table: FeatureTable;
  features: readonly FeatureInfo[];
  /** Row -> the day is a day off. */
  dayOff: Uint8Array;
  /** Ascending by day; empty when peers are not known. */
  epochs: readonly PeerEpoch[];
  moves?: readonly ChangeOfPlace[];
  seed: number;
}
