import type { Deviation } from '../domain/findings.ts';

/** One scored day of the person. */
export interface ScoredDay {
  /** Local day, `YYYY-MM-DD`. */
  day: string;
  /** 0-100; 50 is the alert line. */
  score: number;
  /** Strongest first. */
  deviations: Pick<Deviation, 'text' | 'tail' | 'share'>[];
  /** By how much unusual days before raised the score, 1 to 3. */
  recurrence: number;
}

export type Standing =
  /** Nothing was analysed yet that covers the offense. */
  | { kind: 'no-analysis' }
  /** No activity of the account is stored. */
  | { kind: 'unknown-account' }
  /** The name fits several people. */
  | { kind: 'ambiguous-account'; people: number }
  | {
      kind: 'scored';
      /** Active days within the window, in any order. */
      days: ScoredDay[];
      /** Active days known before the window begins. */
      historyDays: number;
      /** Further accounts of the person whose activity is in the figures; their names are not told. */
      otherAccounts: number;
    };

/** A log source that was silent. */
export interface DataGap {
  /** As QRadar names it. */
  source: string;
  fromMs: number;
  toMs: number;
}

/** Everything the first note on an offense may say. Names and texts out of logs are untrusted. */
export interface OffenseFacts {
  findingId: string;
  offenseId: number;
  /** As the offense names the user. */
  account: string;
  startMs: number;
  /** Local days looked at, inclusive. */
  window: { fromDay: string; toDay: string };
  standing: Standing;
  /** Findings a day that the alert line is set for. */
  budgetPerDay: number;
  /** Sense events of the window by name. `value`: points they added in all. */
  sense: { event: string; count: number; value: number | undefined }[];
  /** Other offenses about the account in the window. */
  otherOffenses: { id: number; status: 'OPEN' | 'HIDDEN' | 'CLOSED' }[];
  /** Query that shows the events of `day`. */
  evidence: { day: string; aql: string } | undefined;
  gaps: DataGap[];
  /** What the figures cannot see, one short sentence each. */
  blindSpots: string[];
  versions: { catalogue: number; detection: number };
  /** Activities up to here were looked at. */
  asOfMs: number;
}
