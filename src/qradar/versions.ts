import { z } from 'zod';
import { QRadarError } from './errors.ts';
import { cutText, optional } from './fields.ts';
import type { Requester } from './requester.ts';

const VersionItem = z.object({
  version: z.string().max(20),
  deprecated: optional(z.boolean()),
  removed: optional(z.boolean()),
});
export type OfferedVersion = z.infer<typeof VersionItem>;

/** Newest version whose pages this client was written from. */
export const NEWEST_KNOWN = '26.0';

export interface ChosenVersion {
  version: string;
  deprecated: boolean;
}

/** What the console says of its versions. Asked without a Version header, which could be refused itself. */
export const readVersions = (requester: Requester, signal?: AbortSignal): Promise<OfferedVersion[]> =>
  requester.list({ path: '/help/versions', unversioned: true, signal }, VersionItem, { maxItems: 1000 });

/** `12.0` before `12.1` before `26.0`; `undefined` when it is no version. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  return (left[0] ?? 0) - (right[0] ?? 0) || (left[1] ?? 0) - (right[1] ?? 0);
}

/** `auto`: the newest that is offered and known. A named one must be offered. Throws QRADAR_VERSION. */
export function chooseVersion(wanted: string, offered: readonly OfferedVersion[]): ChosenVersion {
  const alive = offered.filter(({ removed, version }) => !removed && /^\d{1,3}\.\d{1,3}$/.test(version));
  const newest = alive
    .filter(({ version }) => compareVersions(version, NEWEST_KNOWN) <= 0)
    .sort((a, b) => compareVersions(b.version, a.version));
  const found = wanted === 'auto' ? newest[0] : alive.find(({ version }) => version === wanted);
  if (found) return { version: found.version, deprecated: found.deprecated ?? false };
  const isRemoved = offered.some(({ version, removed }) => version === wanted && removed);
  const offers = alive.map(({ version }) => version).sort(compareVersions);
  const reason = isRemoved ? 'was removed from this console' : 'is not offered by this console';
  throw new QRadarError(
    'QRADAR_VERSION',
    `API version ${wanted === 'auto' ? `up to ${NEWEST_KNOWN}` : wanted} ${reason}; it offers ${offers.join(', ') || 'none'}`,
    { layer: 'client', outcome: 'none', request: 'GET /help/versions' },
  );
}

const About = z.object({ external_version: optional(cutText(100)), release_name: optional(cutText(100)) });

/** Product version such as 7.5.0. */
export async function readAbout(requester: Requester, signal?: AbortSignal): Promise<{ product: string | undefined }> {
  const { body } = await requester.call({ path: '/system/about', signal }, About);
  return { product: body.release_name ?? body.external_version };
}
