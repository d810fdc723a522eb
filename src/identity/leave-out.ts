import type { SourceRecord } from '../domain/ingest.ts';
import type { Tracking } from './tracking.ts';

/**
 * What may be kept of a record: nothing when its person is not tracked, or when it could not be read and names such a person;
 * the activity without its target when somebody who is tracked acted on such an account.
 */
export function leaveOut(
  record: SourceRecord,
  tracking: Pick<Tracking, 'isTracked' | 'isNamedIn'>,
): SourceRecord | undefined {
  const { outcome } = record;
  if (outcome.kind === 'dead-letter') return tracking.isNamedIn(record.raw) ? undefined : record;
  const { activity } = outcome;
  if (!tracking.isTracked(activity.domain, activity.account)) return undefined;
  if (activity.targetAccount === '' || tracking.isTracked(activity.domain, activity.targetAccount)) return record;
  return { ...record, outcome: { kind: 'activity', activity: { ...activity, targetAccount: '' } } };
}
