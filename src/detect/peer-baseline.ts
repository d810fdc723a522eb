import { meanDeviation, medianInPlace } from '../numeric/robust.ts';
import type { Places } from './changes-of-place.ts';
import type { PeerEpoch, PersonDayInput } from './ports.ts';
import { type Cells, logScale } from './self-baseline.ts';

/**
 * A person-day against what their nearest peers did on the same day, in two ways: how far the figure is from the peers'
 * figures, and how much of the departure from the own history the peers share (patch night, quarter end, a big meeting).
 */

const MINIMUM_PEERS = 4;
const POOLED_WEIGHT = 4;
const SCALE_FLOOR = 0.3;

export interface PeerView {
  /** z of the figure against the peers' figures of the day, log scale; NaN when fewer than 4 peers were active. */
  peerZ: Float32Array;
  /** Median of the peers' figures, in the feature's unit. */
  peerMedian: Float32Array;
  peers: Float32Array;
  /** Median of the peers' departures from their own histories, at least 0: what the day did to everybody. */
  dayEffect: Float32Array;
}

/** Rows by person and day: `rowOf(person, day)` is -1 for a day without activity. */
export function indexRows({ table }: PersonDayInput): (person: number, day: number) => number {
  const { person, day, people } = table;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const value of day) {
    first = Math.min(first, value);
    last = Math.max(last, value);
  }
  const span = day.length === 0 ? 0 : last - first + 1;
  const rows = new Int32Array(people.length * span).fill(-1);
  for (let row = 0; row < day.length; row++) rows[person[row]! * span + day[row]! - first] = row;
  return (who, when) => (when < first || when > last ? -1 : rows[who * span + when - first]!);
}

/** The epoch that holds on a day: the last one begun, else the first. */
export function epochOf(epochs: readonly PeerEpoch[], day: number): PeerEpoch | undefined {
  let found = epochs[0];
  for (const epoch of epochs) if (epoch.fromDay <= day) found = epoch;
  return found;
}

export function compareWithPeers(
  input: PersonDayInput,
  column: number,
  cells: Cells,
  rowOf: (person: number, day: number) => number,
  places: Places,
): PeerView {
  const { table, features, epochs } = input;
  const feature = features[column]!;
  const width = features.length;
  const n = cells.row.length;
  // Rows without a cell stayed below the smallest figure: they are not above their own history.
  const departures = new Float32Array(table.day.length);
  const figures = new Float64Array(table.day.length);
  const logs = new Float64Array(table.day.length);
  for (let row = 0; row < figures.length; row++) {
    figures[row] = table.values[row * width + column]!;
    logs[row] = figures[row] === 0 ? 0 : logScale(figures[row]!, feature);
  }
  for (let i = 0; i < n; i++) departures[cells.row[i]!] = Math.max(0, cells.selfZ[i]!);

  const view = viewOf(neighboursOf);
  const alternate = places.any ? viewOf((row) => places.newPeers(row)) : undefined;
  for (let i = 0; alternate && i < n; i++) {
    if (!(alternate.peerZ[i]! < view.peerZ[i]!)) continue;
    for (const key of ['peerZ', 'peerMedian', 'peers', 'dayEffect'] as const) view[key][i] = alternate[key][i]!;
  }
  return view;

  function neighboursOf(row: number): Int32Array | undefined {
    const epoch = epochOf(epochs, table.day[row]!);
    const person = table.person[row]!;
    return epoch?.neighbours.subarray(person * epoch.k, (person + 1) * epoch.k);
  }

  function viewOf(peersOf: (row: number) => Int32Array | undefined): PeerView {
    const view: PeerView = {
      peerZ: new Float32Array(n).fill(Number.NaN),
      peerMedian: new Float32Array(n).fill(Number.NaN),
      peers: new Float32Array(n),
      dayEffect: new Float32Array(n),
    };
    const centre = new Float64Array(n);
    const spread = new Float64Array(n);
    let spreadSum = 0;
    let known = 0;
    const largest = epochs.reduce((k, epoch) => Math.max(k, epoch.k), places.mostPeers);
    const raw = new Float64Array(largest);
    const logged = new Float64Array(largest);
    const moved = new Float64Array(largest);
    for (let i = 0; i < n; i++) {
      const row = cells.row[i]!;
      const day = table.day[row]!;
      const peers = peersOf(row);
      if (!peers) continue;
      let found = 0;
      let risen = 0;
      for (const peer of peers) {
        if (peer < 0) break;
        const other = rowOf(peer, day);
        if (other < 0) continue;
        raw[found] = figures[other]!;
        logged[found] = logs[other]!;
        moved[found] = departures[other]!;
        if (moved[found]! > 0) risen += 1;
        found += 1;
      }
      view.peers[i] = found;
      if (found < MINIMUM_PEERS) continue;
      centre[i] = medianInPlace(logged, found);
      spread[i] = meanDeviation(logged, found, centre[i]!);
      view.peerMedian[i] = medianInPlace(raw, found);
      // The median of figures most of which are 0 is 0.
      view.dayEffect[i] = 2 * risen < found ? 0 : medianInPlace(moved, found);
      spreadSum += spread[i]!;
      known += 1;
    }
    const pooled = known === 0 ? 0.5 : spreadSum / known;
    for (let i = 0; i < n; i++) {
      const found = view.peers[i]!;
      if (found < MINIMUM_PEERS) continue;
      const own = spread[i]!;
      const scale = Math.sqrt((found * own * own + POOLED_WEIGHT * pooled * pooled) / (found + POOLED_WEIGHT));
      view.peerZ[i] = (logs[cells.row[i]!]! - centre[i]!) / Math.max(scale, SCALE_FLOOR);
    }
    return view;
  }
}
