import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../src/domain/ingest.ts';
import { CertReader } from '../src/ingest/cert-reader.ts';
import { DEFAULT_INGEST_OPTIONS, parseSyslogLine } from '../src/ingest/index.ts';
import { type ParseContext, parseContext } from '../src/ingest/options.ts';
import type { Chunk } from '../src/ingest/record-reader.ts';
import { createRandom } from '../src/numeric/random.ts';
import { FUZZ_SEEDS } from './fuzz-seeds.ts';

export interface FuzzReport {
  seconds: number;
  seed: number;
  records: number;
  activities: number;
  deadLetters: number;
  reasons: Partial<Record<DeadLetterReason, number>>;
  /** Records that made a parser throw, or came to no or to more than one outcome; the first few are kept. */
  failures: number;
  failureSamples: string[];
  /** Slowest single record: hostile text must not be able to stall the stream. */
  slowestMs: number;
  slowestSample: string;
}

const OPTIONS = { ...DEFAULT_INGEST_OPTIONS, referenceYear: 2022 };
const BATCH = 500;
const MAX_SAMPLES = 5;
const MAX_RECORD_CHARS = 100_000;
/** What parsers branch on. */
const TOKENS = ['|', '\\', '=', '\t', ' ', '"', '""', ',', '{', '}', '[', ']', '<', '>', ':', ';', '\n', '\r', '\0', '\ufeff', '\ud83d', '%', '$', '-', '0', '9'.repeat(400), 'LEEF:', 'CEF:0|', '1e999', 'null', '__proto__', 'constructor', "'", '/', '&&', '99/99/9999 99:99:99', 'AgentDevice=', 'Message=', 'Subject:', 'Account Name:', 'COMMAND=', 'USER=', ' from ', '(', ')']; // biome-ignore format: a list

/**
 * Mutates well-formed records of every format for the given time and feeds them to the parsers. The records tried depend
 * on the seed alone; only how many are reached depends on the machine.
 */
export function runFuzz(seconds: number, seed: number): FuzzReport {
  const random = createRandom(seed).next;
  const context = parseContext(OPTIONS);
  const report = emptyReport(seconds, seed);
  const started = performance.now();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  do {
    for (let i = 0; i < BATCH; i++) {
      const { kind, text } = pick(FUZZ_SEEDS);
      const record = mutate(text, random, pick);
      const before = performance.now();
      let sound = false;
      try {
        sound = parse(kind, record, report, context);
      } catch (error) {
        keep(report, String(error).slice(0, 100), record);
      }
      let tookMs = performance.now() - before;
      // A pause of the machine is not a slow record: the best of three counts.
      for (let retry = 0; retry < 2 && tookMs > report.slowestMs; retry++)
        tookMs = Math.min(tookMs, timeAgain(kind, record, context));
      if (tookMs > report.slowestMs) {
        report.slowestMs = tookMs;
        report.slowestSample = `${record.length} characters: ${record.slice(0, 200)}`;
      }
      report.records++;
      if (!sound) keep(report, 'unsound outcome', record);
    }
  } while (performance.now() - started < seconds * 1000);
  return report;
}

function keep(report: FuzzReport, what: string, record: string): void {
  report.failures++;
  if (report.failureSamples.length < MAX_SAMPLES) report.failureSamples.push(`${what} <- ${record.slice(0, 400)}`);
}

type Kind = (typeof FUZZ_SEEDS)[number]['kind'];

function parse(kind: Kind, record: string, report: FuzzReport, context: ParseContext): boolean {
  return kind === 'text' ? count(parseSyslogLine(record, OPTIONS), report) : tryCert(record, kind, report, context);
}

function timeAgain(kind: Kind, record: string, context: ParseContext): number {
  const started = performance.now();
  try {
    parse(kind, record, emptyReport(0, 0), context);
  } catch {
    // Counted the first time.
  }
  return performance.now() - started;
}

const emptyReport = (seconds: number, seed: number): FuzzReport => ({
  seconds,
  seed,
  records: 0,
  activities: 0,
  deadLetters: 0,
  reasons: {},
  failures: 0,
  failureSamples: [],
  slowestMs: 0,
  slowestSample: '',
});

/** Feeds a CERT file of the lines; every line that is not blank has to end in some record. */
function tryCert(text: string, kind: Exclude<Kind, 'text'>, report: FuzzReport, context: ParseContext): boolean {
  const reader = new CertReader('fuzz.csv', kind, '2010-01-01', context);
  const chunk: Chunk = { records: [], directory: [], bytesRead: 0 };
  const lines = text.split('\n');
  lines.forEach((line, i) => {
    reader.take({ text: line, isTooLong: false, isBadUtf8: false }, i + 1, chunk);
  });
  reader.finish(chunk);
  const written = chunk.records.reduce((sum, item) => sum + countLines(item.raw.split('\n')), 0);
  const headers = lines.filter((line) => line === lines.find((first) => first.trim() !== '')).length;
  const missing = countLines(lines) - written;
  // Headers and people of a directory leave no record.
  const isAccounted = missing >= 0 && (chunk.directory.length > 0 || missing <= headers);
  return chunk.records.every((item) => count(item.outcome, report)) && isAccounted;
}

const countLines = (lines: readonly string[]): number => lines.filter((line) => line.trim() !== '').length;

function count(outcome: ReturnType<typeof parseSyslogLine>, report: FuzzReport): boolean {
  if (outcome.kind === 'dead-letter') {
    report.deadLetters++;
    report.reasons[outcome.reason] = (report.reasons[outcome.reason] ?? 0) + 1;
    return outcome.reason in DEAD_LETTER_REASONS;
  }
  report.activities++;
  const { timeMs, bytesIn, bytesOut, account } = outcome.activity;
  return Number.isFinite(timeMs) && bytesIn >= 0 && bytesOut >= 0 && typeof account === 'string';
}

/** One to six edits: delete, double, swap, insert a token, cut, splice another seed, repeat a piece many times. */
function mutate(text: string, random: () => number, pick: <T>(list: readonly T[]) => T): string {
  let result = text;
  const at = () => Math.floor(random() * (result.length + 1));
  for (let edits = 1 + Math.floor(random() * 6); edits > 0; edits--) {
    const from = at();
    const to = Math.min(result.length, from + 1 + Math.floor(random() * 20));
    switch (Math.floor(random() * 8)) {
      case 0:
        result = result.slice(0, from) + result.slice(to);
        break;
      case 1:
        result = result.slice(0, to) + result.slice(from);
        break;
      case 2:
        result = result.slice(0, from) + String.fromCharCode(Math.floor(random() * 0x250)) + result.slice(from + 1);
        break;
      case 3:
      case 4:
        result = result.slice(0, from) + pick(TOKENS) + result.slice(from);
        break;
      case 5:
        result = result.slice(0, from);
        break;
      case 6:
        result = result.slice(0, from) + pick(FUZZ_SEEDS).text.slice(Math.floor(random() * 40));
        break;
      default:
        // Long repetitions show whether matching stays linear.
        if (random() < 0.1)
          result = result.slice(0, from) + (result.slice(from, to) || 'x').repeat(2000) + result.slice(from);
    }
    if (result.length > MAX_RECORD_CHARS) result = result.slice(0, MAX_RECORD_CHARS);
  }
  return result;
}
