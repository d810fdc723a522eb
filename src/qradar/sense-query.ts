import { createHash } from 'node:crypto';
import { z } from 'zod';
import { domainName, type SenseRecord } from '../domain/context.ts';
import { composeAql, quoteText, type SearchWindow } from './aql.ts';
import type { Ariel } from './ariel.ts';
import type { ArielRow } from './ariel-replies.ts';
import { cutText, id, instant, optional } from './fields.ts';
import { parseSenseEvent, SENSE_LOG_SOURCE_TYPE } from './sense.ts';

const Row = z.object({
  payload: optional(cutText(16_384)),
  devicetime: optional(instant),
  starttime: instant,
  domainid: optional(id),
  domain: optional(cutText(500)),
});

/** Events of one window. */
export interface SensePage {
  events: SenseRecord[];
  /** Rows that are not an event about a person in the form UBA writes. */
  unreadable: number;
  /** There may be more in the window than were read. */
  isCut: boolean;
}

/** Rows of one search. */
export const SENSE_ROWS = 10_000;

/** IBM Sense events by arrival. */
export const composeSenseAql = (window: SearchWindow, limit = SENSE_ROWS): string =>
  composeAql({
    select: ['UTF8(payload) AS "payload"', 'devicetime', 'starttime', 'domainid', 'DOMAINNAME(domainid) AS "domain"'],
    from: 'events',
    where: [`LOGSOURCETYPENAME(devicetype) = ${quoteText(SENSE_LOG_SOURCE_TYPE)}`],
    limit,
    window,
  });

/** One row of the search; `undefined` for what is not an event about a person. Never throws. */
export function readSenseRow(row: ArielRow): SenseRecord | undefined {
  const parsed = Row.safeParse(row);
  const payload = parsed.data?.payload;
  if (!parsed.success || payload === undefined) return undefined;
  const event = parseSenseEvent(payload);
  if (!event) return undefined;
  const { devicetime, starttime, domainid } = parsed.data;
  const timeMs = event.timeMs ?? (devicetime || starttime);
  const domain = domainName(domainid, parsed.data.domain);
  const { user: account, eventId, category, kind, senseValue, senseScore } = event;
  return {
    id: identify(domain, timeMs, payload),
    domain,
    account,
    timeMs,
    event: eventId,
    category,
    kind,
    ...(senseValue === undefined ? {} : { senseValue }),
    ...(senseScore === undefined ? {} : { senseScore }),
  };
}

/** What relays put before the event does not make it another one. */
const identify = (domain: string, timeMs: number, payload: string): string =>
  createHash('sha256')
    .update(`${domain}\0${timeMs}\0${payload.slice(payload.indexOf('LEEF:'))}`)
    .digest('hex')
    .slice(0, 32);

/** Reads the events of windows, one search each. */
export const createSenseSource = (ariel: Pick<Ariel, 'searchAll'>, limit = SENSE_ROWS) => ({
  async readSense(window: SearchWindow, signal?: AbortSignal): Promise<SensePage> {
    const { rows } = await ariel.searchAll(composeSenseAql(window, limit), signal ? { signal } : {});
    const events = rows.flatMap((row) => readSenseRow(row) ?? []);
    return { events, unreadable: rows.length - events.length, isCut: rows.length >= limit };
  },
});
