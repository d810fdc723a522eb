import { AppError } from '../domain/errors.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import type { Meaning } from '../features/aql-profile.ts';
import { chooseProfile, hasColumnIn, makeProfile, namedTest } from '../features/aql-profiles.ts';
import { describeBlindSpots } from '../features/blind-spots.ts';
import {
  type ArrivalWindow,
  compileArrivals,
  compileHourSearches,
  compileRecount,
  compileThingSearch,
  type PushPlan,
  planPush,
} from '../features/compile-aql.ts';
import type { FeatureDatabase } from '../features/ports.ts';
import { type AnswerRow, PushedRows, type ThingTokens } from '../features/pushed-rows.ts';
import {
  createPushedTables,
  type PushedWindow,
  readPushedUntil,
  readPushedWindows,
  replacePushedWindow,
} from '../features/pushed-tables.ts';
import { localMidnights } from '../features/zones.ts';
import { FEATURE_CURSOR, type PushedSource, readPushedSources, type SourceState } from './pushed-sources.ts';

export interface PullFeaturesPorts {
  database: FeatureDatabase;
  /** Where profiles of log source types and their blind spots are remembered. */
  cursors: SourceState;
  /** Runs one search within the budget; pages of rows. */
  search(aql: string, options: { signal?: AbortSignal; maxRows: number }): AsyncIterable<readonly AnswerRow[]>;
  /** Columns and custom properties of `events`. */
  columns(signal?: AbortSignal): Promise<string[]>;
  /** The console's clock. */
  consoleNow(signal?: AbortSignal): Promise<number>;
  now(): number;
  /** Log source types are read in this way when it is `push-down`. */
  modeOf(logSourceType: string): string;
  isTracked(domain: string, account: string): boolean;
  /** Texts of one window to tokens. */
  openTokens(): ThingTokens;
  meaning: Meaning;
  onProgress?(progress: PushProgress): void;
  signal?: AbortSignal;
}

export interface PullFeaturesOptions {
  /** How far back the first call begins. */
  backfillMs: number;
  /** Length of a window at the present: figures are computed when it is over. Whole minutes. Default an hour. */
  stepMs?: number;
  /** Longest window while history is read. Default a day. */
  longestMs?: number;
  /** Arrivals of the last moment may not all be stored on the console yet. */
  settleMs?: number;
  /** Windows that far back are counted again by each call, and computed again when the console has more by now. */
  lookBackMs?: number;
  /**
   * Zones that people live in: things touched are asked for by parts of their days rather than by hours. Without, or when a
   * zone comes in later, hours it is.
   */
  zones?: readonly string[];
  /** Most rows of one search; windows with more are read in smaller ones. */
  maxRows?: number;
  /** Most windows of this call. */
  maxWindows?: number;
}

export interface PushProgress extends ArrivalWindow {
  events: number;
  rows: number;
}

export interface PullFeaturesResult {
  windows: number;
  /** Windows that had to be made smaller. */
  splits: number;
  /** Windows computed again because the console had other counts than before. */
  recomputed: number;
  searches: number;
  /** Events the console computed with, and rows it answered with. */
  events: number;
  rows: number;
  untracked: number;
  badRows: number;
  readToMs: number;
  behindMs: number;
  isComplete: boolean;
  sources: PushedSource[];
}

const MINUTE_MS = 60_000;
const SETTLE_MS = 30_000;
const MAX_ROWS = 100_000;
/** A minute cannot be cut any further: it is read whatever it holds, up to this. */
const MOST_ROWS = 5_000_000;
const MAX_FAILURES = 4;

interface Planned extends PushedSource {
  plan: PushPlan;
}

/**
 * One step of taking figures that QRadar computes: from where the last one ended to the present, or `maxWindows` of it. The
 * rows of a window and the note that it is in are stored together, so that a crash at any moment leaves windows that are
 * in or not. Throws the error of the search, or the reason of the signal; what was taken until then is stored.
 */
export async function pullFeatures(
  ports: PullFeaturesPorts,
  options: PullFeaturesOptions,
): Promise<PullFeaturesResult> {
  const { database, signal } = ports;
  const { stepMs = HOUR_MS, longestMs = DAY_MS, settleMs = SETTLE_MS, lookBackMs = 6 * HOUR_MS } = options;
  if (stepMs < MINUTE_MS || stepMs % MINUTE_MS !== 0) throw new TypeError('a step is whole minutes');
  await database.transaction(() => createPushedTables(database));
  const consoleMs = await ports.consoleNow(signal);
  const endMs = Math.floor((consoleMs - settleMs) / stepMs) * stepMs;
  const knownMs = await readPushedUntil(database);
  let at = knownMs ?? Math.max(0, endMs - Math.ceil(options.backfillMs / stepMs) * stepMs);
  const midnights = localMidnights(options.zones ?? [], Math.floor(consoleMs / DAY_MS));
  const step = new PushStep(ports, options.maxRows ?? MAX_ROWS, midnights);
  await step.open();
  const { totals } = step;
  if (knownMs !== undefined) await step.recompute(knownMs - lookBackMs, knownMs);

  let [spanMs, failures] = [longestMs, 0];
  while (at < endMs && totals.windows < (options.maxWindows ?? Number.POSITIVE_INFINITY)) {
    signal?.throwIfAborted();
    const window = { fromMs: at, toMs: Math.min(endMs, at + spanMs) };
    const half = Math.max(MINUTE_MS, Math.floor((window.toMs - at) / 2 / MINUTE_MS) * MINUTE_MS);
    const isLeast = window.toMs - at <= MINUTE_MS;
    const taken = await step.take(window, isLeast).catch((error: unknown) => {
      if (isLeast || !isFailedSearch(error) || ++failures >= MAX_FAILURES) throw error;
      return false;
    });
    if (!taken) {
      totals.splits += 1;
      spanMs = half;
      continue;
    }
    failures = 0;
    totals.windows += 1;
    at = window.toMs;
    spanMs = Math.min(longestMs, spanMs * 2);
  }
  return {
    ...totals,
    readToMs: at,
    behindMs: Math.max(0, consoleMs - at),
    isComplete: at >= endMs,
    sources: step.sources(),
  };
}

const isFailedSearch = (error: unknown): boolean => error instanceof AppError && error.code === 'QRADAR_SEARCH_FAILED';

class PushStep {
  readonly #ports: PullFeaturesPorts;
  readonly #maxRows: number;
  readonly #midnights: readonly number[];
  readonly #planned = new Map<number, Planned>();
  #columns: string[] = [];
  #kept: PushedSource[] = [];
  readonly totals = { windows: 0, splits: 0, recomputed: 0, searches: 0, events: 0, rows: 0, untracked: 0, badRows: 0 };

  constructor(ports: PullFeaturesPorts, maxRows: number, midnights: readonly number[]) {
    this.#ports = ports;
    this.#maxRows = maxRows;
    this.#midnights = midnights;
  }

  async open(): Promise<void> {
    this.#columns = await this.#ports.columns(this.#ports.signal);
    this.#kept = await readPushedSources(this.#ports.cursors);
  }

  sources(): PushedSource[] {
    const planned = [...this.#planned.values()].map(({ plan: _, ...source }) => source);
    const others = this.#kept.filter(({ deviceType }) => !this.#planned.has(deviceType));
    return [...planned, ...others].sort((a, b) => a.deviceType - b.deviceType);
  }

  /** Stores the figures of a window; false when it holds too many rows to be read at once. */
  async take(window: ArrivalWindow, isLeast = false): Promise<boolean> {
    const { database, meaning, isTracked } = this.#ports;
    const tokens = this.#ports.openTokens();
    const rows = new PushedRows({ tokens, meaning, isTracked: (domain, account) => isTracked(domain, account) });
    const limit = isLeast ? MOST_ROWS : this.#maxRows;
    const sources = await this.#findArrivals(window);
    // Beside each other, as far as the budget lets them.
    const answers = await Promise.allSettled(sources.map(({ planned }) => this.#ask(planned, window, limit, rows)));
    let count = 0;
    for (const answer of answers) {
      if (answer.status === 'rejected') throw answer.reason;
      if (answer.value === undefined) return false;
      count += answer.value;
    }
    const events = sources.reduce((sum, source) => sum + source.events, 0);
    if (rows.hasWrongHours)
      throw new AppError('QRADAR_REPLY_INVALID', 'the console does not cut times to whole hours as expected');
    await this.#remember();
    const done: PushedWindow = { ...window, events };
    await database.transaction(async () => {
      await tokens.flush();
      await replacePushedWindow(database, done, rows.hours, rows.touches);
    });
    this.totals.events += events;
    this.totals.rows += count;
    this.totals.untracked += rows.untracked;
    this.totals.badRows += rows.badRows;
    this.#ports.onProgress?.({ ...window, events, rows: count });
    return true;
  }

  /** Computes those windows again of which the console has other counts by now: a collector was cut off and caught up. */
  async recompute(fromMs: number, toMs: number): Promise<void> {
    const windows = await readPushedWindows(this.#ports.database, fromMs);
    const types = this.#kept.filter(({ logSourceType }) => this.#isPushed(logSourceType)).map((one) => one.deviceType);
    const first = windows[0];
    if (!first || types.length === 0) return;
    const minutes = await this.#all(compileRecount({ fromMs: first.fromMs, toMs }, types));
    for (const window of windows) {
      this.#ports.signal?.throwIfAborted();
      let events = 0;
      for (const { m, n } of minutes) {
        const minuteMs = Number(m) * MINUTE_MS;
        if (minuteMs >= window.fromMs && minuteMs < window.toMs) events += Number(n);
      }
      if (events === window.events) continue;
      if (await this.take(window, true)) this.totals.recomputed += 1;
    }
  }

  async #findArrivals(window: ArrivalWindow): Promise<{ planned: Planned; events: number }[]> {
    const found: { planned: Planned; events: number }[] = [];
    for (const { t, l, n, k } of await this.#all(compileArrivals(window, namedTest(hasColumnIn(this.#columns))))) {
      if (typeof l !== 'string' || typeof t !== 'number' || !Number.isSafeInteger(t) || !this.#isPushed(l)) continue;
      const events = Number(n);
      found.push({ planned: this.#planFor(t, l, Number(k) / events), events });
    }
    return found.sort((a, b) => a.planned.deviceType - b.planned.deviceType);
  }

  #isPushed = (logSourceType: string): boolean => this.#ports.modeOf(logSourceType) === 'push-down';

  /** What a log source type was taken for once it stays. */
  #planFor(deviceType: number, logSourceType: string, namedShare: number): Planned {
    const known = this.#planned.get(deviceType);
    if (known) return known;
    const kept = this.#kept.find((one) => one.deviceType === deviceType && one.logSourceType === logSourceType);
    const profile = kept?.profile ?? chooseProfile(logSourceType, namedShare);
    const plan = planPush(makeProfile(profile, logSourceType, hasColumnIn(this.#columns), this.#ports.meaning));
    const planned = {
      deviceType,
      logSourceType,
      profile,
      blindSpots: describeBlindSpots(logSourceType, plan),
      partial: plan.partial.map(({ feature }) => feature),
      missing: plan.missing.map(({ feature }) => feature),
      plan,
    };
    this.#planned.set(deviceType, planned);
    return planned;
  }

  async #ask(
    { deviceType, plan }: Planned,
    window: ArrivalWindow,
    limit: number,
    rows: PushedRows,
  ): Promise<number | undefined> {
    let count = 0;
    const hours = compileHourSearches(plan, deviceType, window, limit);
    for (const [index, { aql, figures }] of hours.entries()) {
      const found = await this.#each(aql, limit, (row) => rows.addHour(deviceType, row, figures, index === 0));
      if (found >= limit) return undefined;
      count += found;
    }
    const things = compileThingSearch(plan, deviceType, window, limit, this.#midnights);
    if (things === undefined) return count;
    const found = await this.#each(things, limit, (row) => rows.addThings(deviceType, row, plan));
    return found >= limit ? undefined : count + found;
  }

  async #all(aql: string): Promise<AnswerRow[]> {
    const rows: AnswerRow[] = [];
    await this.#each(aql, 100_000, (row) => rows.push(row));
    return rows;
  }

  async #each(aql: string, maxRows: number, take: (row: AnswerRow) => void): Promise<number> {
    const { signal } = this.#ports;
    this.totals.searches += 1;
    let count = 0;
    for await (const page of this.#ports.search(aql, { maxRows, ...(signal ? { signal } : {}) })) {
      for (const row of page) take(row);
      count += page.length;
      signal?.throwIfAborted();
    }
    return count;
  }

  /** Before the first rows of a source are stored, so that its blind spots are known whenever it has rows. */
  async #remember(): Promise<void> {
    const sources = this.sources();
    if (JSON.stringify(sources) === JSON.stringify(this.#kept)) return;
    await this.#ports.cursors.write(FEATURE_CURSOR, { version: 1, sources }, this.#ports.now());
    this.#kept = sources;
  }
}
