import type { FeatureDatabase } from '../features/ports.ts';

/**
 * A copy of the history to plant activities in, gone with the connection: temporary tables stand before the stored ones of
 * the same name, and `activity` is a view of what is stored and what is planted. Nothing stored is written, and a process
 * that is killed leaves nothing behind. Temporary tables are kept in memory and spill into the store's own folder for that,
 * encrypted where the store is.
 */

/** Name of the event file in the engine. */
const STORED = 'events.main';
const COPIED = [
  'scan_row',
  'touch_row',
  'hour_row',
  'touch',
  'first_touch',
  'zone_day',
  'feature_link',
  'dirty_day',
] as const;

/** The feature tables must be up to date. Afterwards `planted` is an empty table with the columns of `activity`. */
export async function openOverlay(db: FeatureDatabase): Promise<void> {
  for (const table of COPIED) await db.run(`CREATE TEMP TABLE ${table} AS SELECT * FROM ${STORED}.${table}`);
  await db.run(`CREATE TEMP TABLE planted AS SELECT * FROM ${STORED}.activity LIMIT 0`);
  await db.run(`CREATE TEMP VIEW activity AS SELECT * FROM ${STORED}.activity UNION ALL SELECT * FROM planted`);
}

export async function closeOverlay(db: FeatureDatabase): Promise<void> {
  await db.run('DROP VIEW IF EXISTS temp.activity');
  for (const table of [...COPIED, 'planted', 'backtest_template']) await db.run(`DROP TABLE IF EXISTS temp.${table}`);
}
