import type { Normalised } from '../intake/normalise.ts';

/** A rule of the UBA app: a daily amount of one user against a threshold that is fixed for the user's static group. */
export interface UbaRule {
  id: number;
  name: string;
  senseValue: number;
  /** What the event adds; with `distinct` a name that counts once a day. */
  measure(event: Normalised): number | string | undefined;
  threshold: number;
  /** Other thresholds by department. */
  groups: Readonly<Record<string, number>>;
}

const MEGABYTE = 1_000_000;
const number = (event: Normalised, key: string): number => Number(event.attributes.get(key) ?? 0) || 0;
const is = (event: Normalised, ...classes: string[]): boolean => classes.includes(event.attributes.get('cat') ?? '');

/** Office hours are the same for everybody: 6 to 21 UTC, Monday to Friday. */
function isOffHours(timeMs: number): boolean {
  const date = new Date(timeMs);
  const [hour, day] = [date.getUTCHours(), date.getUTCDay()];
  return hour < 6 || hour >= 21 || day === 0 || day === 6;
}

const rule = (
  id: number,
  name: string,
  senseValue: number,
  threshold: number,
  groups: UbaRule['groups'],
  measure: UbaRule['measure'],
): UbaRule => ({ id, name: `UBA : ${name}`, senseValue, threshold, groups, measure });

export const UBA_RULES: readonly UbaRule[] = [
  rule(100_111, 'Repeated Failed Logons', 10, 6, { IT: 12 }, (event) =>
    event.attributes.get('outcome') === 'failure' && is(event, 'authentication', 'tunnel') ? 1 : undefined,
  ),
  rule(100_112, 'User Activity Outside Working Hours', 10, 40, { IT: 120, Operations: 80 }, (event) =>
    isOffHours(event.row.devicetime as number) ? 1 : undefined,
  ),
  rule(
    100_113,
    'Large Outbound Transfer',
    15,
    60 * MEGABYTE,
    { Marketing: 150 * MEGABYTE, Engineering: 120 * MEGABYTE },
    (event) => (is(event, 'http', 'file_hosting', 'email') ? number(event, 'srcBytes') : undefined),
  ),
  rule(100_114, 'Files Copied to Removable Media', 15, 15, {}, (event) =>
    is(event, 'file_system') && event.attributes.get('removable') === 'true' ? 1 : undefined,
  ),
  rule(100_115, 'Logons to Many Hosts', 10, 8, { IT: 30, Engineering: 12 }, (event) =>
    event.eventId === '4624' || event.eventId === 'logon' ? event.attributes.get('identHostName') : undefined,
  ),
  rule(100_116, 'Many Files Accessed', 10, 120, { Engineering: 180 }, (event) =>
    is(event, 'file_system', 'file_hosting') ? 1 : undefined,
  ),
  rule(100_117, 'Mail With Attachments to Outside', 5, 12, { Sales: 25, Marketing: 25 }, (event) =>
    is(event, 'email') && number(event, 'recipientsExternal') > 0 && number(event, 'attachments') > 0 ? 1 : undefined,
  ),
  rule(100_118, 'Privileged Activity', 5, 5, { IT: 80 }, (event) =>
    event.attributes.get('privileged') === 'true' ? 1 : undefined,
  ),
];
