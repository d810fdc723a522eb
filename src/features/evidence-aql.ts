import { DAY_MS, HOUR_MS } from '../domain/time.ts';

/**
 * An AQL query that an analyst can paste: everything QRadar holds of some accounts on one day.
 *
 * Bounded by device time for the day, and by START and STOP (which select by arrival) with a day more for what arrives late.
 * @param zoned the day may be local to a zone other than UTC: 14 hours more on both sides
 */
export function evidenceAql(accounts: readonly string[], day: number, zoned: boolean): string {
  const slack = zoned ? 14 * HOUR_MS : 0;
  const from = day * DAY_MS - slack;
  const to = (day + 1) * DAY_MS + slack;
  const names = [...new Set(accounts.map((account) => account.toLowerCase()))].sort().slice(0, MAX_ACCOUNTS);
  return (
    `SELECT DATEFORMAT(devicetime, 'yyyy-MM-dd HH:mm:ss') AS "Time", QIDNAME(qid) AS "Event", ` +
    `LOGSOURCENAME(logsourceid) AS "Log Source", sourceip, destinationip, username FROM events ` +
    `WHERE LOWER(username) IN (${names.map(quote).join(', ')}) AND devicetime BETWEEN ${from} AND ${to - 1} ` +
    `ORDER BY "Time" LIMIT 1000 START ${from} STOP ${to + DAY_MS}`
  );
}

const MAX_ACCOUNTS = 20;
const MAX_NAME = 256;

/** A text literal; control characters cannot stand in a user name. */
const quote = (text: string): string =>
  `'${text
    .slice(0, MAX_NAME)
    .replace(/\p{Cc}/gu, ' ')
    .replaceAll("'", "''")}'`;
