import { DAY_MS } from './time.ts';

/** Offsets of IANA zones, asked of Intl once per zone and half hour: a formatter call per record would dominate parsing. */
const HALF_HOUR_MS = 1_800_000;
const MAX_CACHED = 200_000;

interface Zone {
  format: Intl.DateTimeFormat;
  offsets: Map<number, number>;
}
const zones = new Map<string, Zone>();

/** Whether the runtime knows the zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds to add to UTC to get the zone's wall clock at the instant. */
export function zoneOffsetMs(timeZone: string, utcMs: number): number {
  if (timeZone === 'UTC') return 0;
  let zone = zones.get(timeZone);
  if (!zone) {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    zone = { format, offsets: new Map() };
    zones.set(timeZone, zone);
  }
  const slot = Math.floor(utcMs / HALF_HOUR_MS);
  let offset = zone.offsets.get(slot);
  if (offset === undefined) {
    const instant = slot * HALF_HOUR_MS;
    const part: Record<string, number> = {};
    for (const { type, value } of zone.format.formatToParts(instant)) part[type] = Number(value);
    const wall = Date.UTC(
      part.year ?? 0,
      (part.month ?? 1) - 1,
      part.day ?? 1,
      part.hour ?? 0,
      part.minute ?? 0,
      part.second ?? 0,
    );
    offset = wall - instant;
    if (zone.offsets.size >= MAX_CACHED) zone.offsets.clear();
    zone.offsets.set(slot, offset);
  }
  return offset;
}

/** Last instant that ECMAScript knows. */
const LAST_MS = 8.64e15;

/** Offset that holds at noon UTC of a day. */
export const dayOffsetMs = (timeZone: string, utcDay: number): number =>
  zoneOffsetMs(timeZone, Math.min(utcDay * DAY_MS + DAY_MS / 2, LAST_MS));

/**
 * Wall-clock milliseconds (as if UTC) in the zone to UTC. In the hour a clock is put forward the time does not exist and
 * the offset before it is used; in the hour it is put back the later of the two instants is taken.
 */
export function wallToUtcMs(wallMs: number, timeZone: string): number {
  if (timeZone === 'UTC' || !Number.isFinite(wallMs)) return wallMs;
  const first = wallMs - zoneOffsetMs(timeZone, wallMs);
  return wallMs - zoneOffsetMs(timeZone, first);
}
