import { refuse } from './errors.ts';

const MINUTE_MS = 60_000;

/** Half-open, UTC epoch milliseconds: `fromMs <= starttime < toMs`. */
export interface SearchWindow {
  fromMs: number;
  toMs: number;
}

/** A text as an AQL string. A quote within is doubled. */
export function quoteText(text: string): string {
  if (/\p{Cc}/u.test(text) || text.length > 4000)
    throw refuse('a text in a search may not hold control characters or be longer than 4000');
  return `'${text.replaceAll("'", "''")}'`;
}

/** A column, custom property or alias by its name. */
export function quoteName(name: string): string {
  if (name === '' || /["\p{Cc}]/u.test(name) || name.length > 300) throw refuse(`not a column: ${name.slice(0, 60)}`);
  return `"${name}"`;
}

export interface AqlParts {
  /** Column expressions with aliases. */
  select: readonly string[];
  from: 'events' | 'flows';
  where?: readonly string[];
  groupBy?: readonly string[];
  having?: string;
  orderBy?: readonly string[];
  /** Always stated: a search without one can grow without bound. */
  limit: number;
  window: SearchWindow;
  /** Column that `window` is about: arrival (`starttime`) of events and last packet of flows unless said otherwise. */
  timeColumn?: string;
  /** How long after that time a row may have arrived; the console selects by arrival. 0 for events, 10 minutes for flows. */
  maxLagMs?: number;
}

/**
 * One AQL text with an explicit window. The console selects whole minutes and reads the end of a window differently by the
 * way it is written, so START and STOP cover it and two conditions cut it exactly.
 */
export function composeAql(parts: AqlParts): string {
  const { fromMs, toMs } = parts.window;
  if (!Number.isSafeInteger(fromMs) || !Number.isSafeInteger(toMs) || fromMs < 0 || toMs <= fromMs)
    throw refuse('a search window needs a start before its end');
  if (!Number.isSafeInteger(parts.limit) || parts.limit < 1) throw refuse('a search needs a limit');
  const time = parts.timeColumn ?? (parts.from === 'flows' ? 'lastpackettime' : 'starttime');
  const stopMs = toMs + (parts.maxLagMs ?? (parts.from === 'flows' ? 10 * MINUTE_MS : 0));
  const where = [`${time} >= ${fromMs}`, `${time} < ${toMs}`, ...(parts.where ?? []).map((text) => `(${text})`)];
  return [
    `SELECT ${parts.select.join(', ')}`,
    `FROM ${parts.from}`,
    `WHERE ${where.join(' AND ')}`,
    parts.groupBy?.length ? `GROUP BY ${parts.groupBy.join(', ')}` : '',
    parts.having ? `HAVING ${parts.having}` : '',
    parts.orderBy?.length ? `ORDER BY ${parts.orderBy.join(', ')}` : '',
    `LIMIT ${parts.limit}`,
    `START ${Math.floor(fromMs / MINUTE_MS) * MINUTE_MS} STOP ${Math.ceil(stopMs / MINUTE_MS) * MINUTE_MS}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Cuts a window into pieces of at most `stepMs`, at multiples of it, oldest first. */
export function* splitWindow({ fromMs, toMs }: SearchWindow, stepMs: number): Generator<SearchWindow> {
  for (let from = fromMs; from < toMs; ) {
    const to = Math.min(toMs, (Math.floor(from / stepMs) + 1) * stepMs);
    yield { fromMs: from, toMs: to };
    from = to;
  }
}
