/** What QRadar and UBA say about people, as it is kept here. Times are UTC epoch milliseconds. */

/** What one rule put into one offense, and when. */
export interface OffenseRule {
  ruleId: number;
  name: string;
  eventCount: number;
  firstEventMs?: number | undefined;
  lastEventMs?: number | undefined;
}

/** One state of an offense. */
export interface OffenseFact {
  id: number;
  /** Name of the QRadar domain; `''`: the default one, or several. */
  domain: string;
  /** User name of an offense of type Username, as QRadar writes it; else `''`. */
  account: string;
  /** Raised by UBA. */
  isUba: boolean;
  status: 'OPEN' | 'HIDDEN' | 'CLOSED';
  startMs: number;
  /** Last contributing event. */
  lastEventMs?: number | undefined;
  /** When QRadar stored this state; a later one replaces it. */
  persistedMs: number;
  closeMs?: number | undefined;
  closingReasonId?: number | undefined;
  /** Text of rules and events: written by others. */
  description: string;
  /** 0-10. */
  magnitude?: number | undefined;
  eventCount?: number | undefined;
  rules: OffenseRule[];
}

/** An event of UBA about a person: a rule that fired, an anomaly of its machine learning, the risk threshold crossed. */
export interface SenseRecord {
  /** The same event has the same id, however often it is read. */
  id: string;
  /** Name of the domain of UBA's log source, `''` = default. It need not be the person's. */
  domain: string;
  /** As UBA writes it. */
  account: string;
  timeMs: number;
  /** Event id, such as `UBA : Potential Lateral Movement`. */
  event: string;
  category: string;
  kind: 'rule' | 'machine-learning' | 'threshold';
  /** Points the rule adds to the person's risk. */
  senseValue?: number | undefined;
  /** Risk after it. */
  senseScore?: number | undefined;
}

/** QRadar's name of a domain as activities carry it: `''` is the default domain, a domain without a known name is `domain 7`. */
export const domainName = (id: number | undefined, name: string | undefined): string =>
  id === undefined || id === 0 ? '' : name || `domain ${id}`;

/** What stands for an account where only its name is compared: `CORP\jdoe`, `JDoe@corp.example` and `jdoe` are `jdoe`. */
export function nameKey(account: string): string {
  const text = account.normalize('NFKC').trim().toLowerCase();
  const name = text.slice(text.lastIndexOf('\\') + 1);
  const at = name.lastIndexOf('@');
  return at > 0 ? name.slice(0, at) : name;
}
