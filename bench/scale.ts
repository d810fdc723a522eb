import { scorePersonDays } from '../src/detect/person-days.ts';
import { FEATURES } from '../src/features/catalogue.ts';
import { fillRhythm } from '../src/features/rhythm.ts';
import type { PeerModel } from '../src/peers/ports.ts';
import { learnEpochs } from '../src/pipeline/learn-epochs.ts';
import { inflateCompany } from './inflate-company.ts';
import type { PeerCompany } from './peer-company.ts';
import { modelBytes } from './peers.ts';

/** Peers and detection over feature rows of companies of growing size, as `analyze` runs them. */

export interface ScaleMeasure {
  people: number;
  rows: number;
  touches: number;
  epochs: number;
  groups: number;
  rhythmSeconds: number;
  peersSeconds: number;
  detectSeconds: number;
  /** Processor time of the three, which a busy machine does not lengthen much. */
  processorSeconds: number;
  /** Peer model of the last day. */
  stateBytesPerPerson: number;
  /** Feature rows and touches of the span in memory. */
  inputBytesPerPerson: number;
  peakBytesPerPerson: number;
  checksum: number;
}

export function measureScale(base: PeerCompany, people: number, seed: number): ScaleMeasure {
  const { table, touches, dayOff, people: names, attributes } = inflateCompany(base, people, seed);
  const lap = stopwatch();
  const busy = process.cpuUsage();
  fillRhythm(table, { holidays: new Set() });
  const rhythmSeconds = lap();
  let models = 0;
  const { epochs, moves, last } = learnEpochs(table, touches, {
    firstDay: base.firstDay,
    lastDay: base.lastDay,
    seed: 1,
    minimumPeers: 5,
    people: names,
    attributes,
    onModel: () => {
      models++;
    },
  });
  const peersSeconds = lap();
  const scores = scorePersonDays({ table, features: FEATURES, dayOff, epochs, moves, seed: 1 });
  const detectSeconds = lap();
  const { user, system } = process.cpuUsage(busy);
  return {
    people,
    rows: table.day.length,
    touches: touches.person.length,
    epochs: models,
    groups: last!.groups.length,
    rhythmSeconds,
    peersSeconds,
    detectSeconds,
    processorSeconds: (user + system) / 1e6,
    stateBytesPerPerson: modelBytes(last as PeerModel) / people,
    inputBytesPerPerson: (bytesOf(table) + bytesOf(touches)) / people,
    peakBytesPerPerson: (process.resourceUsage().maxRSS * 1024) / people,
    checksum: scores.total.reduce((sum, value) => sum + value, 0),
  };
}

function stopwatch(): () => number {
  let from = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - from) / 1000;
    from = now;
    return seconds;
  };
}

const bytesOf = (columns: object): number =>
  Object.values(columns).reduce((sum, column) => sum + (ArrayBuffer.isView(column) ? column.byteLength : 0), 0);
