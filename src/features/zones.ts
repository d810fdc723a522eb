import { HOUR_MS } from '../domain/time.ts';
import { dayOffsetMs } from '../domain/zone-offset.ts';

export const isUtc = (zone: string): boolean => /^(utc|gmt|etc\/utc|etc\/gmt|z)$/i.test(zone);

/**
 * UTC hours at which a local day begins in any of the zones, in the two years before a day, ascending. In zones off the full
 * hour a day begins with the next UTC hour.
 */
export function localMidnights(zones: readonly string[], lastDay: number): number[] {
  const hours = new Set<number>();
  for (const zone of zones)
    for (let back = 0; back < 730; back += 7) {
      const offsetMs = isUtc(zone) ? 0 : dayOffsetMs(zone, lastDay - back);
      hours.add(((Math.ceil(-offsetMs / HOUR_MS) % 24) + 24) % 24);
    }
  return [...hours].sort((a, b) => a - b);
}
