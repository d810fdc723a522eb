import { DAY_MS } from '../domain/time.ts';
import { zoneOffsetMs } from '../domain/zone-offset.ts';

/** Offset that holds at noon UTC of a day, for the table `zone_day`. */
export const dayOffsetMs = (zone: string, utcDay: number): number =>
  zoneOffsetMs(zone, Math.min(utcDay * DAY_MS + DAY_MS / 2, LAST_MS));

/** Last instant that ECMAScript knows. */
const LAST_MS = 8.64e15;

export const isUtc = (zone: string): boolean => /^(utc|gmt|etc\/utc|etc\/gmt|z)$/i.test(zone);
