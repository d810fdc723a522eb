import { invalidVersion, removedVersion } from './framework-errors.ts';

/** Every version that ever was, oldest first. */
const REMOVED = ['0.1', '1.0', '2.0', '2.1', '2.2', '3.0', '3.1', '4.0', '4.1', '5.0', '5.1'];
const SERVED = [
  ...['6.0', '7.0', '8.0', '8.1', '9.0', '9.1', '10.0', '10.1', '11.0', '12.0', '12.1', '13.0', '13.1', '14.0', '15.0'],
  ...['15.1', '16.0', '16.1', '17.0', '18.0', '19.0', '20.0', '21.0', '22.0', '23.0', '24.0', '25.0', '26.0'],
];
const DEPRECATED_BELOW = '23.0';
export const NEWEST_VERSION = SERVED.at(-1)!;
export const SERVED_VERSIONS: readonly string[] = SERVED;

/** Negative, zero or positive, as `a` is before, equal to or after `b`. */
export function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}

export interface ApiVersion {
  id: number;
  version: string;
  deprecated: boolean;
  removed: boolean;
}

/** The ladder of a console whose newest version is `newest`. */
export const listVersions = (newest: string): ApiVersion[] =>
  [...REMOVED, ...SERVED]
    .filter((version) => compareVersions(version, newest) <= 0)
    .map((version, id) => ({
      id,
      version,
      deprecated: compareVersions(version, DEPRECATED_BELOW) < 0 && compareVersions(version, newest) < 0,
      removed: REMOVED.includes(version),
    }));

/** The version that a `Version` header picks; the newest without one. */
export function pickVersion(header: string | undefined, newest: string): ApiVersion {
  const ladder = listVersions(newest);
  const wanted = header?.trim() ?? newest;
  const found = ladder.find((one) => one.version === wanted);
  if (!found) throw invalidVersion(wanted);
  if (found.removed) throw removedVersion(wanted);
  return found;
}
