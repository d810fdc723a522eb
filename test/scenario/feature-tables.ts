import { createHash } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Activity } from '../../src/domain/activity.ts';
import type { AliasRow } from '../../src/domain/people.ts';
import { refreshFeatures } from '../../src/features/refresh.ts';
import { type ResolvedPeople, resolvePeople } from '../../src/pipeline/resolve-people.ts';
import type { DataStore } from '../../src/store/open-data-store.ts';
import { activityRecord, openTestStore, store } from '../store-folder.ts';

/** For scenario tests: activities through the real store, refreshed feature tables, and what they hold. */

const TABLES = {
  scan_row: 'day, person',
  touch_row: 'day, person',
  hour_row: 'day, person, hour',
  touch: 'day, person, kind, token',
  first_touch: 'person, kind, token',
};

/** Rows and a digest of every feature table, by table. */
export async function describeTables({ duck }: DataStore): Promise<Record<string, { rows: number; digest: string }>> {
  const out: Record<string, { rows: number; digest: string }> = {};
  for (const [table, order] of Object.entries(TABLES)) {
    const columns = await duck.columns(`SELECT * FROM ${table} ORDER BY ${order}`);
    const digest = createHash('sha256');
    for (const [name, values] of Object.entries(columns)) digest.update(`${name} ${values}`);
    out[table] = { rows: Object.values(columns)[0]!.length, digest: digest.digest('hex') };
  }
  return out;
}

/** A store whose tokens and pseudonyms equal those of every other store made in the folder. */
export async function openTwin(folder: string, name: string): Promise<DataStore> {
  const template = join(folder, 'template');
  await (await openTestStore(template)).close();
  await cp(template, join(folder, name), { recursive: true });
  return openTestStore(join(folder, name));
}

export const importActivities = (target: DataStore, activities: readonly Partial<Activity>[]) =>
  store(
    target,
    activities.map((activity) => activityRecord(activity)),
  );

export const resolve = (target: DataStore, options: { aliases?: AliasRow[]; zone?: string } = {}) =>
  resolvePeople(target.people, {
    aliases: options.aliases ?? [],
    servicePatterns: [],
    defaultZone: options.zone ?? 'UTC',
  });

export async function refresh(target: DataStore, options: { aliases?: AliasRow[]; zone?: string } = {}) {
  const people = await resolve(target, options);
  return { people, result: await refreshFeatures(target.duck, people.zones) };
}

/** Token of the person an account belongs to. */
export function personOf({ byToken }: ResolvedPeople, account: string): bigint {
  for (const person of byToken.values()) if (person.accounts.includes(account)) return person.token;
  throw new Error(`nobody has the account ${account}`);
}
