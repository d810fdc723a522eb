import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { AqlError } from './aql-error.ts';
import type { Expression, TimeClause } from './ast.ts';

const MINUTE_MS = 60_000;
/** Without a time clause. IBM's pages say 60 seconds in one place and 5 minutes in another. */
export const DEFAULT_WINDOW_MS = 5 * MINUTE_MS;
const UNIT_MS: Record<string, number> = { minutes: MINUTE_MS, hours: HOUR_MS, days: DAY_MS };

/** Half-open, epoch milliseconds. */
export interface Window {
  from: number;
  to: number;
}

const floorMinute = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;
const ceilMinute = (ms: number): number => Math.ceil(ms / MINUTE_MS) * MINUTE_MS;

/** Whole minutes: a start within a minute takes it from its beginning, a stop within a minute to its end. */
export function resolveWindow(clause: TimeClause | undefined, nowMs: number, query: string): Window {
  if (!clause) return { from: nowMs - DEFAULT_WINDOW_MS, to: nowMs + 1 };
  if (clause.kind === 'last') return { from: floorMinute(nowMs - clause.count * UNIT_MS[clause.unit]!), to: nowMs + 1 };
  const from = floorMinute(readInstant(clause.start, nowMs, query));
  const to = clause.stop ? ceilMinute(readInstant(clause.stop, nowMs, query)) : nowMs + 1;
  if (to < from) throw new AqlError('START is after STOP', query, clause.token.at, clause.token.text);
  return { from, to };
}

function readInstant(expression: Expression, nowMs: number, query: string): number {
  const literal =
    expression.kind === 'call' && expression.name === 'PARSEDATETIME' && expression.args.length === 1
      ? expression.args[0]!
      : expression;
  if (literal.kind === 'number') return literal.value;
  const ms = literal.kind === 'string' ? parseInstant(literal.value, nowMs) : undefined;
  if (ms === undefined) throw new AqlError('Not a point in time', query, literal.token.at, literal.token.text);
  return ms;
}

const DATE = /^(\d{4})([-/:])(\d{2})\2(\d{2})[ -](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,3})?Z?$/;
const AGO = /^(\d{1,6}) (second|minute|hour|day|week)s? ago$/i;
const AGO_MS: Record<string, number> = {
  second: 1000,
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
};

/** `2026-01-05 10:00[:00]`, with `/` or `:` between the parts of the date, `Z` or the console's zone (UTC); `1 hour ago`; epoch ms. */
export function parseInstant(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  if (/^\d{12,14}$/.test(trimmed)) return Number(trimmed);
  if (/^now$/i.test(trimmed)) return nowMs;
  const ago = AGO.exec(trimmed);
  if (ago) return nowMs - Number(ago[1]) * AGO_MS[ago[2]!.toLowerCase()]!;
  const date = DATE.exec(trimmed);
  if (!date) return undefined;
  const [year, month, day, hour, minute, second] = [1, 3, 4, 5, 6, 7].map((group) => Number(date[group] ?? 0));
  const ms = Date.UTC(year!, month! - 1, day, hour, minute, second);
  const back = new Date(ms);
  return back.getUTCMonth() + 1 === month && back.getUTCDate() === day && hour! < 24 && minute! < 60 && second! < 60
    ? ms
    : undefined;
}
