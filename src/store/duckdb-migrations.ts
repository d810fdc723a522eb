import { ACTIVITY_COLUMNS } from './activity-columns.ts';

/** Activities are never updated. Text is a token; 0 = absent. */
const ACTIVITY_DDL = ACTIVITY_COLUMNS.map(({ name, type }) => `${name} ${type} NOT NULL`).join(', ');

/**
 * The event file, version by version: entry n brings it from version n to n + 1 in one transaction. Append only; the
 * version is kept in `schema_version`. A table that only one stage uses and can fill again may also be made by that stage.
 */
export const DUCKDB_MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE activity(${ACTIVITY_DDL})`,
    // kind: 0 human, 1 service, 2 machine, 3 system.
    'CREATE TABLE account_link(account BIGINT NOT NULL, person BIGINT NOT NULL, kind UTINYINT NOT NULL, zone SMALLINT NOT NULL)',
    // Days with activities that feature rows do not know yet.
    'CREATE TABLE dirty_day(utc_day INTEGER NOT NULL)',
  ],
];
