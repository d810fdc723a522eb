import type { SensePorts } from './context-ports.ts';

export interface SenseOptions {
  /** By the console's clock. */
  nowMs: number;
  /** How far back the first reading goes. */
  backfillMs: number;
  /** Older events are deleted; `undefined`: none. */
  keepMs?: number;
  /** Arrivals so far back are read again each time. */
  overlapMs?: number;
  /** An arrival may become visible this much later. */
  settleMs?: number;
  /** Longest span of one search. */
  windowMs?: number;
  /** Searches at most in one call. */
  maxWindows?: number;
  signal?: AbortSignal;
}

export interface SenseResult {
  /** New ones. */
  stored: number;
  /** Of people who are not tracked. */
  dropped: number;
  /** Rows that are not an event about a person. */
  unreadable: number;
  /** Spans of a second with more events than one search gives: the rest of them is missing. */
  cutWindows: number;
  /** Everything that arrived before this was read. */
  untilMs: number;
  hasMore: boolean;
}

const CURSOR = 'ibm-sense';
const LEAST_WINDOW_MS = 1000;

/**
 * Reads IBM Sense events by their arrival. Events first, then the cursor: what a crash between the two reads again has the
 * same ids. A window with more events than one search gives is read in halves.
 */
export async function pullSense(ports: SensePorts, options: SenseOptions): Promise<SenseResult> {
  const { nowMs, overlapMs = 120_000, settleMs = 10_000, windowMs = 21_600_000, maxWindows = 200, signal } = options;
  const endMs = nowMs - settleMs;
  const cursorMs = readCursor(await ports.cursors.read(CURSOR));
  let fromMs = Math.max(0, cursorMs === undefined ? endMs - options.backfillMs : Math.min(cursorMs, endMs) - overlapMs);
  const result: SenseResult = {
    stored: 0,
    dropped: 0,
    unreadable: 0,
    cutWindows: 0,
    untilMs: cursorMs ?? fromMs,
    hasMore: false,
  };
  // What would be dropped now could not be told from what must be dropped.
  if (!ports.tracking.isKnown) return result;
  let spanMs = windowMs;
  for (let searches = 0; fromMs < endMs; searches++) {
    if (searches >= maxWindows) return { ...result, hasMore: true };
    signal?.throwIfAborted();
    const toMs = Math.min(endMs, fromMs + spanMs);
    const page = await ports.readSense({ fromMs, toMs }, signal);
    if (page.isCut && toMs - fromMs > LEAST_WINDOW_MS) {
      spanMs = Math.max(LEAST_WINDOW_MS, Math.floor((toMs - fromMs) / 2));
      continue;
    }
    const kept = page.events.filter(({ domain, account }) => ports.tracking.isTracked(domain, account));
    result.stored += await ports.sense.add(kept);
    result.dropped += page.events.length - kept.length;
    result.unreadable += page.unreadable;
    if (page.isCut) result.cutWindows += 1;
    // Never back, also when the console's clock was.
    result.untilMs = Math.max(result.untilMs, toMs);
    await ports.cursors.write(CURSOR, { arrivedMs: result.untilMs }, nowMs);
    fromMs = toMs;
    spanMs = Math.min(windowMs, spanMs * 2);
  }
  if (options.keepMs !== undefined) await ports.sense.deleteBefore(nowMs - options.keepMs);
  return result;
}

function readCursor(body: unknown): number | undefined {
  const arrivedMs = typeof body === 'object' && body !== null && 'arrivedMs' in body ? body.arrivedMs : undefined;
  return typeof arrivedMs === 'number' && Number.isSafeInteger(arrivedMs) && arrivedMs >= 0 ? arrivedMs : undefined;
}
