import { DAY_MS } from '../domain/time.ts';

/** Offset of an IANA zone from UTC at an instant, in ms (positive east). */
export function zoneOffsetMs(zone: string, timeMs: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(timeMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((item) => item.type === type)?.value);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - Math.floor(timeMs / 1000) * 1000;
}

/** Offset that holds at noon UTC of a day, for the table `zone_day`. */
export const dayOffsetMs = (zone: string, utcDay: number): number => zoneOffsetMs(zone, utcDay * DAY_MS + DAY_MS / 2);

export const isUtc = (zone: string): boolean => /^(utc|gmt|etc\/utc|etc\/gmt|z)$/i.test(zone);
