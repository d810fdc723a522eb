import { AppError } from '../domain/errors.ts';

/** Half-open, by arrival on the console; UTC epoch milliseconds of the console's clock. */
export interface ArrivalWindow {
  fromMs: number;
  toMs: number;
}

export interface Cursors {
  read(source: string): Promise<unknown>;
  write(source: string, body: object, nowMs: number): Promise<void>;
}

export interface WindowPorts {
  cursors: Cursors;
  /** Our clock, UTC epoch milliseconds. */
  now(): number;
  /** The console's. */
  consoleNow(signal?: AbortSignal): Promise<number>;
  signal?: AbortSignal;
}

export interface WindowOptions {
  /** Name of the cursor. */
  cursor: string;
  /** How far back reading begins the first time. */
  backfillMs: number;
  /** What was read when it was younger than this is read once more, from the beginning when all has been read. */
  overlapMs: number;
  /** Longest window. */
  windowMs: number;
  /** Arrivals of the last moment are left for the next call: they may not all be stored on the console yet. */
  settleMs?: number;
  /** A window with more rows is read in smaller ones. */
  maxRows?: number;
  /** Most windows of this call. */
  maxWindows?: number;
}

export interface WindowResult {
  windows: number;
  /** Windows that had to be made smaller, for their rows or because the search failed. */
  splits: number;
  /** Everything that arrived before has been read. */
  readToMs: number;
  /** How far that is behind the console's clock. */
  behindMs: number;
  /** Nothing is left to read now. */
  isComplete: boolean;
}

interface Cursor {
  version: 1;
  startMs: number;
  readToMs: number;
  /** Where the next window begins. */
  nextMs: number;
  /** Where to begin again when everything has been read: the first arrival that was read too young. `null`: none was. */
  againMs: number | null;
  /** Length of the next window. */
  spanMs: number;
  /** Our clock when the console's was last asked. */
  atMs: number;
}

const SETTLE_MS = 10_000;
const MAX_ROWS = 100_000;
/** A second cannot be cut any further: it is read whatever it holds, up to this. */
const LEAST_SPAN_MS = 1000;
const MOST_ROWS = 5_000_000;
/** Asking for the time takes time, and the answer is to the second. A console's clock that is set back by more is noticed. */
const CLOCK_TOLERANCE_MS = 5000;
/** Searches that fail one after another before the failure is reported; the next call goes on with a small window. */
const MAX_FAILURES = 4;

/**
 * Reads windows of arrivals one after another, from where the last call ended up to now, and remembers each one after
 * `read` has stored what it holds. A crash in between only reads a window again.
 * @param read stores the window and gives the number of rows; `limit` rows or more mean that some may be missing
 */
export async function pullWindows(
  ports: WindowPorts,
  options: WindowOptions,
  read: (window: ArrivalWindow, limit: number) => Promise<number>,
): Promise<WindowResult> {
  const { cursors, signal } = ports;
  const { overlapMs, windowMs, settleMs = SETTLE_MS, maxRows = MAX_ROWS } = options;
  const consoleMs = await ports.consoleNow(signal);
  const atMs = ports.now();
  const endMs = consoleMs - settleMs;
  const kept = parseCursor(await cursors.read(options.cursor));
  const startMs = kept?.startMs ?? Math.max(0, endMs - options.backfillMs);
  let cursor: Cursor = kept ?? {
    version: 1,
    startMs,
    readToMs: startMs,
    nextMs: startMs,
    againMs: null,
    spanMs: windowMs,
    atMs,
  };
  // What the console's clock had shown at the last call, had it always gone as it goes now.
  const shownMs = Math.min(endMs, cursor.atMs + (consoleMs - atMs) - settleMs);
  if (cursor.readToMs - shownMs > CLOCK_TOLERANCE_MS) {
    const nextMs = Math.min(cursor.nextMs, Math.max(startMs, shownMs - overlapMs));
    cursor = { ...cursor, readToMs: Math.max(startMs, shownMs), nextMs, againMs: null };
  }
  const save = async (change: Partial<Cursor>) => {
    cursor = { ...cursor, ...change, atMs };
    await cursors.write(options.cursor, cursor, ports.now());
  };
  let at = cursor.nextMs;
  let [windows, splits, failures] = [0, 0, 0];
  while (at < endMs && windows < (options.maxWindows ?? Number.POSITIVE_INFINITY)) {
    signal?.throwIfAborted();
    const spanMs = Math.max(LEAST_SPAN_MS, Math.min(windowMs, cursor.spanMs));
    const window = { fromMs: at, toMs: Math.min(endMs, at + spanMs) };
    const widthMs = window.toMs - at;
    const limit = widthMs <= LEAST_SPAN_MS ? MOST_ROWS : maxRows;
    const half = Math.max(LEAST_SPAN_MS, Math.floor(widthMs / 2));
    const rows = await read(window, limit).catch(async (error: unknown) => {
      if (!isFailedSearch(error) || widthMs <= LEAST_SPAN_MS) throw error;
      failures += 1;
      await save({ spanMs: half });
      if (failures >= MAX_FAILURES) throw error;
      return undefined;
    });
    if (rows === undefined || (rows >= limit && widthMs > LEAST_SPAN_MS)) {
      splits += 1;
      cursor = { ...cursor, spanMs: half };
      continue;
    }
    failures = 0;
    windows += 1;
    at = window.toMs;
    const isYoung = at > consoleMs - overlapMs;
    const againMs = cursor.againMs ?? (isYoung ? Math.max(window.fromMs, consoleMs - overlapMs) : null);
    await save({
      readToMs: Math.max(cursor.readToMs, at),
      nextMs: at < endMs ? at : (againMs ?? at),
      againMs: at < endMs ? againMs : null,
      spanMs: rows < limit / 4 ? spanMs * 2 : cursor.spanMs,
    });
  }
  const { readToMs } = cursor;
  return { windows, splits, readToMs, behindMs: Math.max(0, consoleMs - readToMs), isComplete: at >= endMs };
}

const isFailedSearch = (error: unknown): boolean => error instanceof AppError && error.code === 'QRADAR_SEARCH_FAILED';

/** Up to where arrivals have been read by a cursor; `undefined` when reading has not begun. */
export async function readWatermark(cursors: Pick<Cursors, 'read'>, cursor: string): Promise<number | undefined> {
  return parseCursor(await cursors.read(cursor))?.readToMs;
}

function parseCursor(body: unknown): Cursor | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const cursor = body as Partial<Cursor>;
  const times = [cursor.startMs, cursor.readToMs, cursor.nextMs, cursor.againMs ?? 0, cursor.spanMs, cursor.atMs];
  return cursor.version === 1 && times.every(Number.isSafeInteger) ? (cursor as Cursor) : undefined;
}
