import { HOUR_MS } from '../domain/time.ts';
import { findGaps, HISTORY_WEEKS, type SourceGap, type SourceHour } from './find-gaps.ts';
import { EVENT_CURSOR } from './pull-events.ts';
import { type Cursors, readWatermark } from './pull-windows.ts';

export interface GapPorts {
  cursors: Pick<Cursors, 'read'>;
  logSourceHours: { read(fromHour: number, toHour: number): Promise<SourceHour[]> };
}

/** How far back gaps are looked for. */
const LOOK_BACK_HOURS = 14 * 24;
/** Events on their way are no silence. */
const GRACE_MS = 900_000;
/** Reading that far behind is worth a word. */
const BEHIND_MS = 900_000;

/**
 * Times of the last two weeks about which too little is known: log sources that fell silent, and what QRadar has but was not
 * read yet. Call it for data that is still coming in; of old files every log source is silent by now.
 */
export async function readGaps(ports: GapPorts, nowMs: number): Promise<SourceGap[]> {
  const readToMs = await readWatermark(ports.cursors, EVENT_CURSOR);
  // Nothing can be said of the time after the watermark, except that.
  const knownMs = Math.min(nowMs, readToMs ?? nowMs) - GRACE_MS;
  const toHour = Math.floor(knownMs / HOUR_MS);
  const fromHour = toHour - LOOK_BACK_HOURS;
  const hours = await ports.logSourceHours.read(fromHour - HISTORY_WEEKS * 7 * 24, toHour + 1);
  const gaps = findGaps(hours, { fromHour, toHour });
  if (readToMs !== undefined && nowMs - readToMs > BEHIND_MS)
    gaps.push({ logSource: '', fromMs: readToMs, toMs: nowMs, expected: 0, reason: 'unread', isOpen: true });
  return gaps;
}
