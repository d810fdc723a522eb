import type { FeatureInfo } from '../domain/features.ts';
import type { Deviation } from '../domain/findings.ts';
import type { FeatureCells, PersonDayScores } from './person-days.ts';

/** Deviations with a smaller part of the evidence are left out, and the shares of the others scaled to one. */
const SMALLEST_SHARE = 0.03;
const MOST = 8;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `23`, `3.4 MB`, `2 h`: three significant digits. */
export function formatFigure(value: number, unit: FeatureInfo['unit']): string {
  if (unit === 'bytes') {
    let size = value;
    let index = 0;
    while (size >= 1000 && index < UNITS.length - 1) {
      size /= 1000;
      index += 1;
    }
    return `${Number(size.toPrecision(3))} ${UNITS[index]}`;
  }
  return unit === 'hours' ? `${Number(value.toPrecision(3))} h` : String(Number(value.toFixed(1)));
}

/** value / reference, where a reference below the smallest figure worth a look counts as that figure. */
export const ratioTo = (value: number, reference: number, { minimum }: FeatureInfo): number =>
  value / Math.max(reference, minimum);

const formatRatio = (ratio: number) => `${ratio >= 10 ? Math.round(ratio) : Number(ratio.toFixed(1))}x`;

/** `14x the 0.2 MB of 22 peers that day`, or `none is usual among 22 peers that day`. */
function compare(value: number, median: number, whose: string, feature: FeatureInfo): string {
  if (median === 0) return `none is usual ${whose}`;
  const figure = formatFigure(median, feature.unit);
  const ratio = value / median;
  return ratio < 1.15 ? `${figure} is usual ${whose}` : `${formatRatio(ratio)} the ${figure} that is usual ${whose}`;
}

/** One figure against the own days and the peers. */
export function describeCell(feature: FeatureInfo, cells: FeatureCells, cell: number, value: number): string {
  const parts: string[] = [];
  const days = cells.selfDays[cell]!;
  if (days > 0) parts.push(compare(value, cells.selfMedian[cell]!, `in ${days} own days`, feature));
  if (!Number.isNaN(cells.peerMedian[cell]!))
    parts.push(compare(value, cells.peerMedian[cell]!, `among ${cells.peers[cell]} peers that day`, feature));
  if (cells.companyEffect[cell]! > 0)
    parts.push(
      `a day for the whole company, ${cells.affected[cell]} of ${cells.active[cell]} people were far above their own usual`,
    );
  if (parts.length === 0) parts.push('no history and no peers to compare with');
  return `${formatFigure(value, feature.unit === 'bytes' ? 'bytes' : 'count')} ${feature.wording}: ${parts.join('; ')}`;
}

/** What made a person-day's evidence, in figures; the shares add up to 1. */
export function explainRow(
  scores: PersonDayScores,
  features: readonly FeatureInfo[],
  values: Float64Array,
  row: number,
): Deviation[] {
  const contributions = scores.contributions(row);
  const total = contributions.reduce((sum, { nats }) => sum + nats, 0);
  const kept = contributions.slice(0, MOST).filter(({ nats }, index) => index === 0 || nats / total >= SMALLEST_SHARE);
  const shown = kept.reduce((sum, { nats }) => sum + nats, 0);
  return kept.map(({ feature: column, cell, nats }) => {
    const feature = features[column]!;
    const cells = scores.cells[column]!;
    const value = values[row * features.length + column]!;
    const selfMedian = cells.selfMedian[cell]!;
    const peerMedian = cells.peerMedian[cell]!;
    return {
      feature: feature.name,
      value,
      selfMedian,
      peerMedian,
      peers: cells.peers[cell]!,
      ratio: ratioTo(
        value,
        Number.isNaN(selfMedian) ? (Number.isNaN(peerMedian) ? 0 : peerMedian) : selfMedian,
        feature,
      ),
      tail: Math.exp(-cells.surprise[cell]!),
      share: nats / shown,
      text: describeCell(feature, cells, cell, value),
    };
  });
}
