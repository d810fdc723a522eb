import type { Activity } from '../domain/activity.ts';
import type { DeadLetterReason, ParseOutcome } from '../domain/ingest.ts';

export const parsed = (activity: Activity): ParseOutcome => ({ kind: 'activity', activity });

export const deadLetter = (reason: DeadLetterReason, detail: string): ParseOutcome => ({
  kind: 'dead-letter',
  reason,
  detail,
});
