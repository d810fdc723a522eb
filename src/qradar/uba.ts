import { z } from 'zod';
import { QRadarError } from './errors.ts';
import { cutText, id, listOf, name, optional } from './fields.ts';
import { apiPath } from './paths.ts';
import type { Requester } from './requester.ts';

/** UBA gives epoch seconds where QRadar gives milliseconds. 0 and absent are unknown. */
const seconds = optional(z.number().min(0).max(8_640_000_000_000)).transform((value) =>
  value ? Math.round(value * 1000) : undefined,
);

const UbaUser = z
  .object({
    id: optional(z.union([z.number(), cutText(100)])),
    username: optional(name),
    display_name: optional(name),
    full_name: optional(name),
    job_title: optional(name),
    dept: optional(name),
    manager: optional(name),
    city: optional(name),
    country: optional(name),
    custom_group: optional(name),
    aliases: listOf(name, 1000),
    risk: optional(z.number()),
    latest_risk: optional(z.number()),
    prolonged_risk: optional(z.number()),
    trending: optional(z.number()),
    trusted_user: optional(z.union([z.boolean(), z.number()])),
    watched: optional(z.union([z.boolean(), z.number()])),
    ml_watched: optional(z.union([z.boolean(), z.number()])),
    in_ml_watch_list: optional(z.union([z.boolean(), z.number()])),
    watchlist_memberships: listOf(z.object({ watchlist_name: optional(name) }), 1000),
    last_offense_time: seconds,
    input_username: optional(name),
  })
  .transform((raw) => ({
    username: raw.username ?? '',
    displayName: raw.display_name ?? raw.full_name,
    jobTitle: raw.job_title,
    department: raw.dept,
    manager: raw.manager,
    city: raw.city,
    country: raw.country,
    customGroup: raw.custom_group,
    aliases: raw.aliases,
    risk: raw.risk,
    latestRisk: raw.latest_risk,
    prolongedRisk: raw.prolonged_risk,
    trending: raw.trending,
    isTrusted: Boolean(raw.trusted_user),
    isWatched: Boolean(raw.watched),
    isModelled: Boolean(raw.in_ml_watch_list ?? raw.ml_watched),
    watchlists: raw.watchlist_memberships.flatMap(({ watchlist_name }) => (watchlist_name ? [watchlist_name] : [])),
    lastOffenseMs: raw.last_offense_time,
    /** The name that was asked for, in `users`. */
    asked: raw.input_username,
  }));
export type UbaUser = z.output<typeof UbaUser>;

const UserList = z.object({ risk_threshold: optional(z.number()), users: listOf(UbaUser, 200_000) });

const App = z.object({
  application_state: z.object({ application_id: id, status: optional(cutText(50)) }),
  manifest: optional(z.object({ name: optional(name) })),
});

export interface Uba {
  /** App id of User Behavior Analytics, `undefined` when it is not installed. Looked up once when not configured. */
  findAppId(signal?: AbortSignal): Promise<number | undefined>;
  /** People above UBA's risk threshold. */
  aboveThreshold(signal?: AbortSignal): Promise<{ riskThreshold: number | undefined; users: UbaUser[] }>;
  /** By user name, letter case matters; unknown ones are left out. */
  users(usernames: readonly string[], signal?: AbortSignal): Promise<UbaUser[]>;
}

const UBA_NAME = /user\s+(entity\s+)?(behaviou?r\s+)?analytics|\bU[E]?BA\b/i;
/** Its companions carry its name as well. */
const NOT_UBA = /machine\s+learning|\bML\b|LDAP|import/i;
const USERS_AT_ONCE = 200;

export function createUba(requester: Requester, appId = 0): Uba {
  let known: Promise<number | undefined> | undefined = appId > 0 ? Promise.resolve(appId) : undefined;

  async function lookUp(signal?: AbortSignal): Promise<number | undefined> {
    const apps = await requester.list({ path: '/gui_app_framework/applications', signal }, App, { maxItems: 5000 });
    const candidates = apps
      .filter(({ manifest }) => UBA_NAME.test(manifest?.name ?? '') && !NOT_UBA.test(manifest?.name ?? ''))
      .map(({ application_state }) => application_state);
    const running = candidates.filter(({ status }) => status === 'RUNNING');
    return [...running, ...candidates][0]?.application_id;
  }

  function findAppId(signal?: AbortSignal): Promise<number | undefined> {
    known ??= lookUp(signal).catch((error) => {
      known = undefined;
      throw error;
    });
    return known;
  }

  async function pathOf(call: 'users_above_threshold' | 'bulk_user_info', signal?: AbortSignal): Promise<string> {
    const found = await findAppId(signal);
    if (found !== undefined) return apiPath`/console/plugins/${found}/app_proxy/api/${call}`;
    throw new QRadarError('QRADAR_NOT_FOUND', 'User Behavior Analytics is not installed on this console', {
      layer: 'client',
      outcome: 'none',
      request: 'GET /gui_app_framework/applications',
    });
  }

  return {
    findAppId,
    async aboveThreshold(signal) {
      const path = await pathOf('users_above_threshold', signal);
      const { body } = await requester.call({ root: '', path, signal }, UserList);
      return { riskThreshold: body.risk_threshold, users: body.users };
    },
    async users(usernames, signal) {
      const path = await pathOf('bulk_user_info', signal);
      const users: UbaUser[] = [];
      for (let from = 0; from < usernames.length; from += USERS_AT_ONCE) {
        const json = { users: usernames.slice(from, from + USERS_AT_ONCE) };
        const request = { method: 'POST' as const, root: '' as const, path, json, isRepeatable: true, signal };
        users.push(...(await requester.call(request, UserList)).body.users);
      }
      return users;
    },
  };
}
