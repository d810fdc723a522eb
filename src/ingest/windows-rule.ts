import type { Activity, ActivityClass, ActivityName, Outcome } from '../domain/activity.ts';
import type { WindowsEvent } from './windows-event.ts';

/** Whose account acted: the pair of fields to read, or the account the log service noted. */
export type WindowsActor = 'subject' | 'target' | 'user' | 'logged' | 'account' | 'none';

/** How one event id becomes an activity. Field lists are tried in order. */
export interface WindowsRule {
  class: ActivityClass;
  activity: ActivityName;
  /** Default `subject`. */
  actor?: WindowsActor;
  /** Reads `TargetUserName`/`TargetDomainName` into the account acted on. */
  hasTarget?: boolean;
  /** `success` and `failure` are what the event id itself says; `status` reads the status field. Default: the audit result. */
  outcome?: Outcome | 'status';
  privileged?: boolean;
  sensitivity?: Activity['sensitivity'];
  resource?: readonly string[];
  process?: readonly string[];
  command?: readonly string[];
  source?: readonly string[];
  target?: readonly string[];
  /** What a table cannot say. Runs last. */
  adjust?: (activity: Activity, event: WindowsEvent) => void;
}

/** Event ids to rules, one rule for several ids. */
export type WindowsRules = ReadonlyMap<number, WindowsRule>;

export function windowsRules(
  ...entries: readonly (readonly [ids: number | readonly number[], rule: WindowsRule])[]
): WindowsRules {
  const rules = new Map<number, WindowsRule>();
  for (const [ids, rule] of entries) {
    for (const id of typeof ids === 'number' ? [ids] : ids) rules.set(id, rule);
  }
  return rules;
}
