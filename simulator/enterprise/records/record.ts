import { type Activity, makeActivity } from '../../../src/domain/activity.ts';
import { LOG_SOURCES } from '../log-sources.ts';

/** An activity as one of the log sources reports it. */
export const record = (source: keyof typeof LOG_SOURCES, timeMs: number, fields: Partial<Activity>): Activity =>
  makeActivity({ outcome: 'success', ...fields, timeMs, logSource: LOG_SOURCES[source].logSource });
