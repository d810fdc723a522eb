import type { QRadarEventReader } from '../ingest/qradar-event.ts';
import type { StoredBatch } from './import-ports.ts';
import { addBatch, type LiveWriter, noBatch } from './live-writer.ts';
import type { LogSourceMode } from './log-source-modes.ts';
import {
  type ArrivalWindow,
  pullWindows,
  type WindowOptions,
  type WindowPorts,
  type WindowResult,
} from './pull-windows.ts';

export const EVENT_CURSOR = 'ariel-events';

type Row = Readonly<Record<string, unknown>>;

/** Searches of a console. */
export interface ArrivalSource {
  now(signal?: AbortSignal): Promise<number>;
  /** Pages of what arrived in the window; at most `limit` rows in all, in any order. */
  rows(window: ArrivalWindow, limit: number, signal?: AbortSignal): AsyncIterable<readonly Row[]>;
}

export interface PullProgress extends StoredBatch, ArrivalWindow {
  rows: number;
}

export interface PullPorts extends Omit<WindowPorts, 'consoleNow'> {
  source: ArrivalSource;
  writer: LiveWriter;
  readEvent: QRadarEventReader;
  modeOf(logSourceType: string): LogSourceMode;
  /** False: nothing of this person may be kept. */
  isTracked(domain: string, account: string): boolean;
  /** Told after each window, when it is stored. */
  onProgress?(progress: PullProgress): void;
}

export type PullOptions = Omit<WindowOptions, 'cursor'>;

export interface PullResult extends WindowResult, StoredBatch {
  /** Rows read, some of them more than once. */
  rows: number;
  /** Rows of people who are not tracked, dropped before anything was stored. */
  untracked: number;
  /** Rows of log source types that are read in another way, or not at all. */
  otherModes: number;
  /** Events that coalescing on the console hides behind a row: they are not activities of their own. */
  coalesced: number;
}

/**
 * One step of reading events from QRadar: from where the last one ended to the present, or `maxWindows` of it. What a
 * window holds is stored before the window counts as read, so that a crash reads it again and stores nothing twice.
 * Throws the error of the search, or the reason of the signal; what was read until then is stored.
 */
export async function pullEvents(ports: PullPorts, options: PullOptions): Promise<PullResult> {
  const { source, signal } = ports;
  await ports.writer.open(ports.now());
  const total = { ...noBatch(), rows: 0, untracked: 0, otherModes: 0, coalesced: 0 };

  function take(row: Row, line: number): void {
    const event = ports.readEvent(row, line);
    if (ports.modeOf(event.logSourceType) !== 'raw') total.otherModes += 1;
    else if (event.accounts.some((account) => !ports.isTracked(event.domain, account))) total.untracked += 1;
    else {
      total.coalesced += event.eventCount - 1;
      const { outcome } = event.record;
      if (outcome.kind === 'activity') {
        const { targetAccount } = outcome.activity;
        if (targetAccount !== '' && !ports.isTracked(event.domain, targetAccount)) outcome.activity.targetAccount = '';
      }
      ports.writer.add(event.record);
    }
  }

  async function readWindow(window: ArrivalWindow, limit: number): Promise<number> {
    const batch = noBatch();
    let rows = 0;
    const commit = async () => addBatch(batch, await ports.writer.commit());
    try {
      for await (const page of source.rows(window, limit, signal)) {
        for (const row of page) {
          if (ports.writer.isFull) await commit();
          take(row, ++rows);
        }
        signal?.throwIfAborted();
      }
    } finally {
      // What was gathered is good, whatever happened to the rest.
      await commit();
      addBatch(total, batch);
      total.rows += rows;
    }
    ports.onProgress?.({ ...window, ...batch, rows });
    return rows;
  }

  const windowPorts = { ...ports, consoleNow: (sign?: AbortSignal) => source.now(sign) };
  const result = await pullWindows(windowPorts, { ...options, cursor: EVENT_CURSOR }, readWindow);
  return { ...result, ...total };
}
