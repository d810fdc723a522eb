import { nameKey, type OffenseFact, type SenseRecord } from '../domain/context.ts';
import { parseAccount } from '../identity/parse-account.ts';
import { isSameAccount } from '../identity/same-account.ts';

export interface EvidencePorts {
  sense: {
    about(
      names: readonly string[],
      fromMs: number,
      toMs: number,
      limit: number,
    ): Promise<{ events: SenseRecord[]; total: number }>;
  };
  offenses: {
    about(
      names: readonly string[],
      fromMs: number,
      toMs: number,
      limit: number,
    ): Promise<{ offenses: OffenseFact[]; total: number }>;
  };
}

/** What UBA and QRadar said about a person in a window; each list the newest first. */
export interface Evidence {
  sense: SenseRecord[];
  offenses: OffenseFact[];
  /** There is more than is listed. */
  isCut: boolean;
}

/** Rows looked at, of which some may be about somebody of the same name elsewhere. */
const MAX_LOOKED_AT = 1000;

/**
 * Sense events and offenses about the accounts of one person within `[fromMs, toMs)`, at most `limit` of each. UBA's events
 * carry the domain of UBA's own log source, and offenses of several domains carry none: without a domain, the name decides.
 */
export async function readEvidenceFor(
  ports: EvidencePorts,
  accounts: readonly { domain: string; account: string }[],
  fromMs: number,
  toMs: number,
  limit = 50,
): Promise<Evidence> {
  const own = accounts.map(({ domain, account }) => ({ domain: domain.toLowerCase(), parts: parseAccount(account) }));
  const names = new Set(accounts.map(({ account }) => nameKey(account)));
  names.delete('');
  if (names.size === 0) return { sense: [], offenses: [], isCut: false };
  const isOwn = (one: { domain: string; account: string }): boolean => {
    const parts = parseAccount(one.account);
    const domain = one.domain.toLowerCase();
    return own.some((mine) => (domain === '' || domain === mine.domain) && isSameAccount(mine.parts, parts));
  };
  const found = await ports.sense.about([...names], fromMs, toMs, MAX_LOOKED_AT);
  const about = await ports.offenses.about([...names], fromMs, toMs, MAX_LOOKED_AT);
  const [sense, offenses] = [found.events.filter(isOwn), about.offenses.filter(isOwn)];
  return {
    sense: sense.slice(0, limit),
    offenses: offenses.slice(0, limit),
    isCut:
      sense.length > limit ||
      offenses.length > limit ||
      found.total > found.events.length ||
      about.total > about.offenses.length,
  };
}
