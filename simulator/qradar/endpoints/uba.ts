import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import type { UbaUser } from '../state/records.ts';
import { DEFAULT_THRESHOLD } from '../uba/uba.ts';
import { SERVER_ERROR } from './resource.ts';

const needs = ['UEBA'] as const;

const threshold = (call: Call): number =>
  Number(call.world.state.settings.get('uba-threshold')?.value ?? DEFAULT_THRESHOLD);
const seconds = (ms: number): number => Math.floor(ms / 1000);
const trend = (user: UbaUser): number => Math.sign(user.risk - user.risk_1);

function present(user: UbaUser): Record<string, unknown> {
  const { investigation_user: investigator, last_offense_time: offense, last_hour: _, ...rest } = user;
  return {
    ...rest,
    display_name: user.full_name || user.username,
    city: '',
    state: '',
    country: '',
    member_of: '',
    id1: user.aliases[0] ?? user.username,
    id2: user.aliases[1] ?? '',
    id3: user.aliases[2] ?? '',
    id4: user.aliases[3] ?? '',
    linked_import_ids: [],
    risk_scale_max: 1,
    trending: trend(user),
    alert: '',
    trusted_user: false,
    watched: false,
    watchlist_memberships: [],
    in_ml_watch_list: false,
    in_ml_abridged_watch_list: true,
    in_peer_group_watchlist: false,
    in_job_title_peer_group_watchlist: false,
    in_dept_peer_group_watchlist: false,
    in_custom_grp_peer_group_watchlist: false,
    ml_id: null,
    ml_watched: false,
    investigation_user: investigator,
    investigation_started: null,
    investigation_expires: null,
    last_offense_time: seconds(offense),
    updated_this_run: false,
    watson_search_id: null,
    watson_search_date: null,
  };
}

const named = (call: Call, name: string): UbaUser | undefined =>
  call.world.state.ubaUsers.find((one) => one.username === name || one.aliases.includes(name));

function investigated(call: Call): unknown {
  const users = call.world.state.ubaUsers.values().filter((one) => one.investigation_user !== '');
  return {
    investigated: users.map((user) => ({
      id: user.id,
      display_name: user.full_name || user.username,
      alert: '',
      aliases: user.aliases,
      color: '',
      color_severity: 0,
      investigation_user: user.investigation_user,
      ml_id: null,
      risk0: Math.round(user.risk),
      risk1: Math.round(user.risk_1),
      risk2: Math.round(user.risk_2),
      risk3: Math.round(user.risk_3),
      risk_scale_max: 1,
      score: user.risk,
      trending: trend(user),
    })),
    risk_threshold: threshold(call),
  };
}

function bulkUserInfo(call: Call): unknown {
  const given = (call.json('users') as { users?: unknown } | null)?.users;
  if (!Array.isArray(given) || given.length > 10_000 || !given.every((one) => typeof one === 'string'))
    throw call.error(422, 1005, 'users must be a list of user names');
  const users = (given as string[]).flatMap((name) => {
    const user = named(call, name);
    if (!user) return [];
    const properties = user.aliases.map((alias) => ({ alias, is_dormant: false, last_seen: 0 }));
    return [{ ...present(user), alias_properties: properties, input_username: name }];
  });
  return { risk_threshold: threshold(call), users };
}

/** The UBA app's public API, below `/console/plugins/<app id>/app_proxy`. Times are epoch seconds. */
export const UBA_ENDPOINTS: readonly Endpoint[] = [
  declare('GET', '/api/users_above_threshold', {
    summary: 'Users whose risk is above the threshold',
    needs,
    errors: [SERVER_ERROR],
    handle: (call) => {
      const limit = threshold(call);
      const users = call.world.state.ubaUsers.values().filter((one) => one.risk > limit);
      return { risk_threshold: limit, users: users.map(present) };
    },
  }),
  declare('GET', '/api/investigated_list', {
    summary: 'Users under investigation',
    needs,
    errors: [SERVER_ERROR],
    handle: investigated,
  }),
  declare('POST', '/api/bulk_user_info', {
    summary: 'Users by name; letter case matters',
    needs,
    body: 'users!',
    success: [200],
    changes: false,
    errors: [[422, 1005, 'The request body is not valid.'], SERVER_ERROR],
    handle: bulkUserInfo,
  }),
  declare('GET', '/api/user_info', {
    summary: 'One user',
    needs,
    query: ['username!'],
    errors: [[404, 1002, 'The user does not exist.'], SERVER_ERROR],
    handle: (call) => {
      const user = named(call, call.text('username')!);
      if (!user) throw call.error(404, 1002, `User ${call.text('username')} does not exist`);
      return present(user);
    },
  }),
];
