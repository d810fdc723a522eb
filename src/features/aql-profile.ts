import type { ActivityClass, ActivityName, FileCategory, Outcome, WebCategory } from '../domain/activity.ts';
import type { Term } from './aql-term.ts';
import type { Condition, Filter, NumberColumn, TouchKind } from './types.ts';

/** What an event id of the Windows Security log means to our own ingest. */
export interface EventMeaning {
  class: ActivityClass;
  activity: ActivityName;
  /** Absent: the audit result; `status`: a field that AQL does not see, the audit result stands for it. */
  outcome?: Outcome | 'status';
  privileged?: boolean;
  sensitivity?: number;
  hasTarget?: boolean;
  actor?: string;
}

/** How our own ingest reads events, handed in by whoever knows it, so that both say the same. */
export interface Meaning {
  /** Windows Security events by id. */
  windows: ReadonlyMap<number, EventMeaning>;
  /** Extensions by file category, separated by blanks. */
  fileExtensions: Readonly<Partial<Record<FileCategory, string>>>;
  /** Names of files that hold credentials: alternatives of a regular expression. */
  credentialNames: string;
  /** Words in paths that make them secret or confidential: alternatives of a regular expression. */
  sensitiveWords: readonly string[];
  /** Patterns of the configuration, `*` for any characters. */
  sensitivePatterns: readonly { pattern: string; level: number }[];
  /** Category of a web site, from its host and the head of a path. */
  webCategory(host: string, path: string): WebCategory;
}

/** An expression for a column; `undefined` where the log source has nothing of the kind: it counts as 0. */
export type NumberTerm = { aql: string } | 'none' | { why: string };

/** How a touched thing is read: an expression that is NULL or empty when there is none. */
export interface ThingTerm {
  aql: string;
  /** On which events, beside those that have one. */
  where: Term;
  /** How the expression is turned into the thing, see `ThingTokens`. */
  form: 'host' | 'path' | 'object' | 'web_host' | 'program' | 'recipients' | 'account';
  lacks?: string;
}

/** How the columns of an activity are told from an event of one kind of log source. */
export interface AqlProfile {
  readonly name: string;
  /** Expression for the address of a web request. */
  readonly webAddress?: string | undefined;
  /** The whole filter without its `web_category` conditions, which are settled here by host. */
  test(filter: Filter): Term;
  number(column: NumberColumn): NumberTerm;
  /** `none`: the log source has no such things. */
  thing(kind: TouchKind): ThingTerm | 'none' | { why: string };
}

/** Which columns and custom properties the console has, letter case ignored. */
export type HasColumn = (name: string) => boolean;

export const isWebCondition = (condition: Condition): condition is Extract<Condition, { column: 'web_category' }> =>
  condition.column === 'web_category';
