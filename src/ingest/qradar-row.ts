/** One event as an Ariel search returns it, checked. Texts are untrusted, `''` when absent. */
export interface QRadarEventRow {
  /** As received, in UTF-8; `''` when the log source does not store it or the token may not see it. */
  payload: string;
  /** When it happened, as the device says; the arrival when the device does not say. UTC epoch milliseconds. */
  deviceMs: number;
  /** Arrival at the event processor; what search windows are about. */
  arrivalMs: number;
  logSourceId: number;
  logSource: string;
  logSourceType: string;
  qid: number;
  eventName: string;
  category: string;
  highCategory: string;
  username: string;
  sourceIp: string;
  sourcePort: number;
  destinationIp: string;
  destinationPort: number;
  /** 0 is the default domain. */
  domainId: number;
  domainName: string;
  /** Events that coalescing made one row of; 1 without. */
  eventCount: number;
  /** 0-10 */
  severity: number;
}

export type QRadarColumn = keyof QRadarEventRow;

const MAX_NAME = 1024;
const MAX_TIME_MS = 8.64e15;

/** Checks a row whose keys are the names above; the name of the first column that is not as it should be otherwise. */
export function readEventRow(row: Readonly<Record<string, unknown>>): QRadarEventRow | { fault: string } {
  let fault = '';
  const text = (name: QRadarColumn, maxLength = MAX_NAME): string => {
    const value = row[name] ?? '';
    if (typeof value === 'string') return value.length > maxLength ? value.slice(0, maxLength) : value;
    fault ||= name;
    return '';
  };
  const whole = (name: QRadarColumn, least: number, most: number, absent?: number): number => {
    const value = row[name] ?? absent;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    fault ||= name;
    return 0;
  };
  const id = (name: QRadarColumn) => whole(name, -1, Number.MAX_SAFE_INTEGER, 0);
  const arrivalMs = whole('arrivalMs', 1, MAX_TIME_MS);
  const checked: QRadarEventRow = {
    payload: text('payload', Number.MAX_SAFE_INTEGER),
    deviceMs: whole('deviceMs', 0, MAX_TIME_MS, 0) || arrivalMs,
    arrivalMs,
    logSourceId: id('logSourceId'),
    logSource: text('logSource'),
    logSourceType: text('logSourceType'),
    qid: id('qid'),
    eventName: text('eventName'),
    category: text('category'),
    highCategory: text('highCategory'),
    username: text('username').trim(),
    sourceIp: text('sourceIp'),
    sourcePort: whole('sourcePort', -1, 65_535, 0),
    destinationIp: text('destinationIp'),
    destinationPort: whole('destinationPort', -1, 65_535, 0),
    domainId: id('domainId'),
    domainName: text('domainName'),
    eventCount: whole('eventCount', 0, Number.MAX_SAFE_INTEGER, 1) || 1,
    severity: whole('severity', 0, 10, 0),
  };
  return fault === '' ? checked : { fault };
}
