import type { ActivityClass, ActivityName, FileCategory, Outcome, WebCategory } from '../domain/activity.ts';
import type { FeatureInfo } from '../domain/features.ts';

/** Numeric columns of an activity that features may add up or compare. */
export type NumberColumn =
  | 'bytes_out'
  | 'bytes_in'
  | 'recipients'
  | 'recipients_external'
  | 'attachments'
  | 'sensitivity'
  | 'logon_type'
  | 'event_code'
  | 'severity';

/** Token columns of an activity: 64-bit keyed tokens in the columnar store, text in QRadar. */
export type TokenColumn =
  | 'account'
  | 'target_account'
  | 'device'
  | 'source'
  | 'target'
  | 'resource'
  | 'process'
  | 'command'
  | 'scope'
  | 'verb';

/** One test on an activity; a filter is all of them. Data, not code, so that every engine's compiler can read it. */
export type Condition =
  | { column: 'class'; in: readonly ActivityClass[] }
  | { column: 'activity'; in: readonly ActivityName[] }
  | { column: 'outcome'; in: readonly Outcome[] }
  | { column: 'file_category'; in: readonly FileCategory[] }
  | { column: 'web_category'; in: readonly WebCategory[] }
  | { column: NumberColumn; atLeast: number }
  | { column: 'logon_type' | 'event_code'; oneOf: readonly number[] }
  | { column: TokenColumn; present: true }
  | { column: 'removable' | 'privileged'; is: boolean };
export type Filter = readonly Condition[];

/** Things a person touches whose first time matters. The position is the stored code: append only. */
export const TOUCH_KINDS = [
  'device',
  'target',
  'source',
  'scope',
  'web_host',
  'program',
  'recipient',
  'partner',
] as const;
export type TouchKind = (typeof TOUCH_KINDS)[number];

/**
 * How touched things are counted:
 * `distinct` all of them; `new` those the person never touched before; `rare` those new ones that at most two people
 * touched before; `others` those whose only earlier users were one to three other people (somebody else's machine).
 */
export type TouchMeasure = 'distinct' | 'new' | 'rare' | 'others';

export type Aggregate =
  | { kind: 'count'; where: Filter }
  | { kind: 'sum'; column: NumberColumn; where: Filter }
  | { kind: 'max'; column: NumberColumn; where: Filter }
  | { kind: 'touch'; touch: TouchKind; measure: TouchMeasure }
  /** Computed from the hours of the day against the person's own learned hours, not by the engine. */
  | { kind: 'rhythm'; measure: 'unusual_hours' | 'unusual_hour_moves' | 'off_day' | 'early' | 'late' };

/** A declared feature: what readers see of it, and how an engine computes it. */
export interface Feature extends FeatureInfo {
  aggregate: Aggregate;
}
