import { nameKey, type OffenseFact } from '../domain/context.ts';
import type { Anomaly } from '../domain/findings.ts';
import { DAY_MS } from '../domain/time.ts';
import { type Analysis, type AnalyzeOptions, type AnalyzePorts, analyze } from './analyze.ts';
import type { AnalysisSnapshot } from './offense-facts.ts';
import type { ResolvedPeople } from './resolve-people.ts';

export interface LiveAnalysisPorts {
  database: AnalyzePorts['database'];
  resolvePeople(): Promise<ResolvedPeople>;
  calendar: AnalyzePorts['calendar'];
  findings: { saveAnomalies(anomalies: readonly Anomaly[], nowMs: number): Promise<number> };
  /** Open offenses of UBA. */
  offenses: { openUba(): Promise<OffenseFact[]> };
  /** How far the sources were read, and whether that is to their end. */
  reading(): Promise<{ coveredMs: number; isComplete: boolean }>;
  /** Changes whenever activities were stored or taken away. */
  dataVersion(): Promise<string>;
  now(): number;
  elapsedMs(): number;
}

export interface LiveAnalysisOptions extends Omit<AnalyzeOptions, 'fromDay' | 'toDay' | 'everyDayOf'> {
  everyMs: number;
}

export interface LiveAnalysis {
  /** Scores behaviour when it is due; `undefined`: it is not. */
  run(signal: AbortSignal): Promise<Analysis | undefined>;
  latest(): (AnalysisSnapshot & { analysis: Analysis; atMs: number }) | undefined;
}

/** Days whose findings are kept up to date. */
const SHOWN_DAYS = 45;
/** An offense that no analysis covers yet does not wait for the next turn, but analyses follow each other no quicker. */
const LEAST_PAUSE_MS = 120_000;

/**
 * Behaviour scored again and again: first when the sources are read to their end, or have been read for `everyMs`; then every
 * `everyMs` when something new is stored, and soon when an offense of UBA waits for it.
 */
export function createLiveAnalysis(ports: LiveAnalysisPorts, options: LiveAnalysisOptions): LiveAnalysis {
  const startedMs = ports.now();
  let latest: ReturnType<LiveAnalysis['latest']>;
  let analysedVersion = '';

  async function isDue(version: string, isComplete: boolean, open: readonly OffenseFact[]): Promise<boolean> {
    const now = ports.now();
    if (!latest) return isComplete || now - startedMs >= options.everyMs;
    if (version === analysedVersion) return false;
    if (now - latest.atMs >= options.everyMs) return true;
    return now - latest.atMs >= LEAST_PAUSE_MS && open.some((offense) => isWaiting(offense, latest!));
  }

  return {
    latest: () => latest,
    async run(signal) {
      const [version, reading, open] = [
        await ports.dataVersion(),
        await ports.reading(),
        await ports.offenses.openUba(),
      ];
      if (!(await isDue(version, reading.isComplete, open))) return undefined;
      const people = await ports.resolvePeople();
      const { database, calendar, elapsedMs } = ports;
      const everyDayOf = peopleNamed(people, new Set(open.map(({ account }) => nameKey(account))));
      const analysis = await analyze(
        { database, calendar, elapsedMs, people: people.byToken, zones: people.zones, signal },
        { ...options, everyDayOf, fromDay: Math.floor(reading.coveredMs / DAY_MS) - SHOWN_DAYS },
      );
      const atMs = ports.now();
      await ports.findings.saveAnomalies(
        analysis.anomalies.filter(({ score }) => score >= options.minScore),
        atMs,
      );
      analysedVersion = version;
      const { budgetPerDay } = options;
      latest = { analysis, people, coveredMs: reading.coveredMs, budgetPerDay, everyDayOf, atMs };
      return analysis;
    },
  };
}

/** It began after the analysis, or is about somebody the analysis did not know to be asked for. */
function isWaiting({ account, startMs }: OffenseFact, { coveredMs, everyDayOf, people }: AnalysisSnapshot): boolean {
  if (startMs > coveredMs) return true;
  return [...peopleNamed(people, new Set([nameKey(account)]))].some((id) => everyDayOf?.has(id) === false);
}

const peopleNamed = ({ byToken }: ResolvedPeople, names: ReadonlySet<string>): Set<string> =>
  new Set(
    [...byToken.values()]
      .filter(({ accounts }) => accounts.some((account) => names.has(nameKey(account))))
      .map(({ id }) => id),
  );
