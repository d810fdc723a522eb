import type { Activity } from '../../../src/domain/activity.ts';
import type { ParseOutcome } from '../../../src/domain/ingest.ts';
import { DEFAULT_INGEST_OPTIONS, type IngestOptions } from '../../../src/ingest/options.ts';

/** Options of the tests: a fixed year, so that times without one do not depend on the day the tests run. */
export const TEST_OPTIONS: IngestOptions = { ...DEFAULT_INGEST_OPTIONS, referenceYear: 2022 };

/** The activity of an outcome that has to be one. */
export function activityOf(outcome: ParseOutcome): Activity {
  if (outcome.kind !== 'activity') throw new Error(`dead letter ${outcome.reason}: ${outcome.detail}`);
  return outcome.activity;
}
