import { isIP } from 'node:net';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import type { ReferenceValue } from './records.ts';

export const ELEMENT_TYPES = ['ALN', 'ALNIC', 'NUM', 'IP', 'PORT', 'DATE', 'CIDR'] as const;

/** Why a value does not fit an element type; `undefined` when it does. */
export function findValueFault(type: string, value: string): string | undefined {
  const fault = `Invalid ${type} value: ${value}`;
  switch (type) {
    case 'NUM':
      return value.trim() !== '' && Number.isFinite(Number(value)) ? undefined : fault;
    case 'DATE':
      return /^-?\d{1,15}$/.test(value) ? undefined : fault;
    case 'PORT':
      return /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? undefined : fault;
    case 'IP':
      return isIP(value) === 0 ? fault : undefined;
    case 'CIDR': {
      const [address = '', length = ''] = value.split('/');
      const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
      return /^\d{1,3}$/.test(length) && Number(length) <= bits ? undefined : fault;
    }
    default:
      return value === '' ? fault : undefined;
  }
}

/** Equal for collections of this type: ALNIC ignores letter case. */
export const sameValue = (type: string, a: string, b: string): boolean =>
  type === 'ALNIC' ? a.toLowerCase() === b.toLowerCase() : a === b;

/** NUM, PORT and DATE values are numbers for searches; replies write every value as text. */
export const typedValue = (type: string, value: string): string | number =>
  type === 'NUM' || type === 'PORT' || type === 'DATE' ? Number(value) : value;

const UNIT_MS: Record<string, number> = {
  year: 365 * DAY_MS,
  mon: 30 * DAY_MS,
  month: 30 * DAY_MS,
  week: 7 * DAY_MS,
  day: DAY_MS,
  hour: HOUR_MS,
  min: 60_000,
  minute: 60_000,
  sec: 1000,
  second: 1000,
};

/** `1 month`, `5 minutes`, `2 days 3 hours` in milliseconds; `undefined` when it is not an interval. */
export function parseInterval(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^(\d{1,9}\s*[a-zA-Z]+\s*)+$/.test(trimmed) || trimmed.length > 100) return undefined;
  let total = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+)\s*([a-zA-Z]+)/g)) {
    const ms = UNIT_MS[unit!.toLowerCase().replace(/s$/, '')];
    if (ms === undefined) return undefined;
    total += Number(count) * ms;
  }
  return total;
}

/** As replies print an interval, spacing as recorded. */
export function formatInterval(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / 60_000);
  const seconds = (ms % 60_000) / 1000;
  return `0 years 0mons ${days} days ${hours} hours ${minutes}mins ${seconds.toFixed(1)} secs`;
}

export interface Ageing {
  /** FIRST_SEEN or LAST_SEEN; anything else never expires. */
  by: string;
  /** Milliseconds, 0 for never. */
  timeToLiveMs: number;
}

export const hasExpired = (
  value: Pick<ReferenceValue, 'first_seen' | 'last_seen'>,
  ageing: Ageing,
  nowMs: number,
): boolean => {
  if (ageing.timeToLiveMs <= 0) return false;
  const since = ageing.by === 'FIRST_SEEN' ? value.first_seen : ageing.by === 'LAST_SEEN' ? value.last_seen : nowMs;
  return nowMs - since > ageing.timeToLiveMs;
};
