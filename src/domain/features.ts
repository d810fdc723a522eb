export const FEATURE_FAMILIES = [
  'volume',
  'rhythm',
  'novelty',
  'authentication',
  'breadth',
  'bytes',
  'removable',
  'mail',
  'sensitive',
  'privilege',
  'execution',
  'web',
  'cloud',
] as const;
export type FeatureFamily = (typeof FEATURE_FAMILIES)[number];

/** ATT&CK tactics (Enterprise), plus `intent` for the insider knowledge base's signs before any technique. */
export const STAGES = [
  'initial_access',
  'execution',
  'persistence',
  'privilege_escalation',
  'defense_evasion',
  'credential_access',
  'discovery',
  'lateral_movement',
  'collection',
  'exfiltration',
  'impact',
  'intent',
] as const;
export type Stage = (typeof STAGES)[number];

/** What every stage after `features` needs to know of a feature. */
export interface FeatureInfo {
  /** Permanent name, also the column name of the feature row. */
  name: string;
  family: FeatureFamily;
  unit: 'count' | 'bytes' | 'hours';
  /** Only higher than usual is of interest (`high`), or both directions. */
  direction: 'high' | 'both';
  /** Smallest figure worth a reader's time: below it a deviation is never shown or scored. */
  minimum: number;
  /** Tactic a deviation can stand for. */
  stage: Stage;
  /** Counts first times, which are many for anybody's first days: compared with people as new as the person. */
  fadesWithTenure: boolean;
  /** Plain words for the figure, as in "23 <wording>". */
  wording: string;
  blindSpot: string;
}

/** Feature rows of a span of days, one row per person and local day with any activity; sorted by person, then day. */
export interface FeatureTable {
  /** Person tokens, ascending; length P. */
  people: BigInt64Array;
  /** Row -> position in `people`; length R. Rows of one person stand together, days ascending. */
  person: Int32Array;
  /** Row -> local day number; length R. */
  day: Int32Array;
  /** R x F, row-major, one column per declared feature. */
  values: Float64Array;
  /** R x 24, activities by local hour, and those that move data. */
  hours: Float64Array;
  moves: Float64Array;
}

/** Saturdays, Sundays and listed holidays are days off. */
export interface Calendar {
  /** Day numbers. */
  holidays: ReadonlySet<number>;
}
