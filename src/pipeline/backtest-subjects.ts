import type { Subject } from '../backtest/ports.ts';
import { type FeatureDatabase, numbers, tokens } from '../features/ports.ts';
import { TOUCH_KINDS } from '../features/types.ts';

/** Whom scenarios may be planted on: people with enough history, as it was before the replay. */

const HISTORY_DAYS = 60;
const LEAST_HISTORY_DAYS = 10;
const HUMAN = 0;

interface Span {
  /** Day numbers, inclusive. */
  fromDay: number;
  toDay: number;
}

/** Token by person of the thing of a kind that they touched most in the history. */
async function mainThings(
  db: FeatureDatabase,
  kind: (typeof TOUCH_KINDS)[number],
  { fromDay }: Span,
): Promise<Map<bigint, bigint>> {
  const columns = await db.columns(`SELECT person, token FROM (
      SELECT person, token, sum(n) AS n FROM touch
      WHERE kind = ${TOUCH_KINDS.indexOf(kind)} AND day BETWEEN ${fromDay - HISTORY_DAYS} AND ${fromDay - 1}
      GROUP BY person, token
    ) QUALIFY row_number() OVER (PARTITION BY person ORDER BY n DESC, token) = 1`);
  const [person, token] = [tokens(columns, 'person'), tokens(columns, 'token')];
  return new Map(Array.from(person, (who, row) => [who, token[row]!]));
}

async function activeDays(db: FeatureDatabase, { fromDay, toDay }: Span): Promise<Map<bigint, number[]>> {
  const columns = await db.columns(`SELECT person, CAST(day AS DOUBLE) AS day FROM scan_row
    WHERE day BETWEEN ${fromDay} AND ${toDay} AND activities >= 5 ORDER BY person, day`);
  const [person, day] = [tokens(columns, 'person'), numbers(columns, 'day')];
  const found = new Map<bigint, number[]>();
  for (const [row, who] of person.entries()) {
    const days = found.get(who);
    if (days) days.push(day[row]!);
    else found.set(who, [day[row]!]);
  }
  return found;
}

const USUAL = {
  activities: 'activities',
  fileReads: 'file_reads',
  fileCopies: 'file_copies',
  webRequests: 'web_requests',
  mailsSent: 'mails_sent',
} as const;
type Usual = keyof typeof USUAL;

/** By person token, ordered by it. @param nameOf pseudonym of a person, `undefined`: not to be used */
export async function readSubjects(
  db: FeatureDatabase,
  span: Span,
  nameOf: (token: bigint) => string | undefined,
): Promise<Map<bigint, Subject>> {
  const history = `day BETWEEN ${span.fromDay - HISTORY_DAYS} AND ${span.fromDay - 1}`;
  const figures = Object.entries(USUAL).map(([name, column]) => `CAST(median(${column}) AS DOUBLE) AS ${name}`);
  const columns = await db.columns(`SELECT s.person AS person, a.account AS account, CAST(a.zone AS DOUBLE) AS zone,
      h.first AS first, h.last AS last, ${Object.keys(USUAL).join(', ')}
    FROM (
      SELECT person, ${figures.join(', ')} FROM scan_row WHERE ${history} GROUP BY person
      HAVING count(*) >= ${LEAST_HISTORY_DAYS}
    ) s JOIN (
      SELECT l.person, l.account, l.zone FROM account_link l JOIN (
        SELECT account, count(*) AS n FROM activity
        WHERE time_ms BETWEEN ${(span.fromDay - HISTORY_DAYS) * 86_400_000} AND ${span.fromDay * 86_400_000}
        GROUP BY account
      ) c ON c.account = l.account
      WHERE l.kind = ${HUMAN} QUALIFY row_number() OVER (PARTITION BY l.person ORDER BY c.n DESC, l.account) = 1
    ) a ON a.person = s.person JOIN (
      SELECT person, CAST(quantile_disc(first, 0.1) AS DOUBLE) AS first, CAST(quantile_disc(last, 0.9) AS DOUBLE) AS last
      FROM (
        SELECT person, day, min(hour) AS first, max(hour) AS last FROM hour_row WHERE ${history} GROUP BY person, day
      ) GROUP BY person
    ) h ON h.person = s.person
    ORDER BY s.person`);
  const [devices, sources, scopes] = [
    await mainThings(db, 'device', span),
    await mainThings(db, 'source', span),
    await mainThings(db, 'scope', span),
  ];
  const days = await activeDays(db, span);
  const figure = (name: string, row: number) => numbers(columns, name)[row]!;
  const subjects = new Map<bigint, Subject>();
  for (const [row, token] of tokens(columns, 'person').entries()) {
    const person = nameOf(token);
    if (person === undefined) continue;
    subjects.set(token, {
      person,
      account: tokens(columns, 'account')[row]!,
      device: devices.get(token) ?? 0n,
      source: sources.get(token) ?? 0n,
      scope: scopes.get(token) ?? 0n,
      zone: figure('zone', row),
      startHour: figure('first', row),
      endHour: figure('last', row) + 1,
      activeDays: days.get(token) ?? [],
      usual: Object.fromEntries(Object.keys(USUAL).map((name) => [name, figure(name, row)])) as Record<Usual, number>,
    });
  }
  return subjects;
}
