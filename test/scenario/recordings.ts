import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DAY_MS, parseDay } from '../../src/domain/time.ts';
import { createRandom } from '../../src/numeric/random.ts';

/** Lays recordings of one computer's or lab's events on days of another month: whole days, so that times of day stay. */

const STAMP = /^\d{4}-\d{2}-\d{2}/;
const FIELDS = ['@timestamp', 'EventTime', 'TimeCreated', 'EventReceivedTime', 'UtcTime'];

/** Day of the record's own clock, or undefined. */
function dayOf(record: Record<string, unknown>): number | undefined {
  for (const name of FIELDS) {
    const text = record[name];
    if (typeof text === 'string' && STAMP.test(text)) return parseDay(text.slice(0, 10));
  }
  return undefined;
}

function shift(record: Record<string, unknown>, days: number): Record<string, unknown> {
  const moved = { ...record };
  for (const name of FIELDS) {
    const text = moved[name];
    if (typeof text !== 'string' || !STAMP.test(text)) continue;
    const day = parseDay(text.slice(0, 10))! + days;
    moved[name] = new Date(day * DAY_MS).toISOString().slice(0, 10) + text.slice(10);
  }
  return moved;
}

/** Lines of records, moved so that the first that has a time falls on `day`. */
export function shiftRecords(records: readonly Record<string, unknown>[], day: number): string[] {
  const first = records.map(dayOf).find((found) => found !== undefined);
  return records.map((record) => JSON.stringify(shift(record, first === undefined ? 0 : day - first)));
}

export interface LaidRecording {
  name: string;
  lines: number;
  /** Day number of its first event. */
  day: number;
}

/**
 * Writes every recording (`*.jsonl.gz`) of a folder to `out`, each on a day drawn from `fromDay` to `toDay`.
 * Lines stay lines; those without a time of their own stay as they are.
 */
export function layRecordings(
  folder: string,
  out: string,
  options: { fromDay: number; toDay: number; seed: number },
): LaidRecording[] {
  const random = createRandom(options.seed);
  mkdirSync(out, { recursive: true });
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl.gz'))
    .sort()
    .map((name) => {
      const records = gunzipSync(readFileSync(join(folder, name)))
        .toString('utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const day = options.fromDay + random.int(options.toDay - options.fromDay + 1);
      writeFileSync(join(out, name.replace(/\.gz$/, '')), `${shiftRecords(records, day).join('\n')}\n`);
      return { name, lines: records.length, day };
    });
}
