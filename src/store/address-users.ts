import type { Dictionary } from './dictionary.ts';
import type { DuckRunner } from './duck-runner.ts';
import type { Tokenizer } from './tokenizer.ts';

/** An account that was active from an address. */
export interface AddressUse {
  address: string;
  domain: string;
  account: string;
  /** The person the account stands for; `undefined` when it was not resolved yet. */
  person: bigint | undefined;
  /** Latest use within its quarter of an hour, UTC epoch milliseconds. */
  timeMs: number;
}

export interface AddressUsers {
  /**
   * People seen at the addresses in `[fromMs, toMs)`, without services, machines and failed attempts.
   * @param exceptLogSource activities that were themselves told by address
   */
  seenAt(addresses: readonly string[], fromMs: number, toMs: number, exceptLogSource: string): Promise<AddressUse[]>;
}

const SLOT_MS = 900_000;
/** Addresses of one statement. */
const MAX_ADDRESSES = 5000;

export function createAddressUsers(duck: DuckRunner, dictionary: Dictionary, tokens: Tokenizer): AddressUsers {
  async function seen(addresses: readonly string[], from: number, to: number, except: string): Promise<AddressUse[]> {
    const byToken = new Map(addresses.map((address) => [tokens.token('host', address), address]));
    byToken.delete(0n);
    if (byToken.size === 0) return [];
    const { source, account, domain, person, last } = await duck.columns(
      `SELECT source, a.account AS account, domain, l.person AS person,
         CAST(max(time_ms) AS DOUBLE) AS last
       FROM activity a LEFT JOIN account_link l ON l.account = a.account
       WHERE source IN (${[...byToken.keys()].join(', ')}) AND a.account <> 0 AND coalesce(l.kind, 0) = 0
         AND outcome <> 2 AND log_source <> ${tokens.token('log_source', except)}
         AND time_ms >= ${Math.trunc(from)} AND time_ms < ${Math.trunc(to)}
       GROUP BY source, a.account, domain, person, time_ms // ${SLOT_MS} ORDER BY last, account`,
    );
    const [sources, accounts, domains] = [source, account, domain] as BigInt64Array[];
    const names = dictionary.texts(new Set([...accounts!, ...domains!].filter((token) => token !== 0n)));
    return Array.from(sources!, (token, row) => ({
      address: byToken.get(token) ?? '',
      domain: names.get(domains![row]!) ?? '',
      account: names.get(accounts![row]!) ?? '',
      // Null comes as 0, which no person has.
      person: (person as BigInt64Array)[row] || undefined,
      timeMs: Number(last![row]),
    })).filter((use) => use.account !== '');
  }
  return {
    async seenAt(addresses, fromMs, toMs, exceptLogSource) {
      const all: AddressUse[] = [];
      for (let at = 0; at < addresses.length; at += MAX_ADDRESSES)
        all.push(...(await seen(addresses.slice(at, at + MAX_ADDRESSES), fromMs, toMs, exceptLogSource)));
      return all;
    },
  };
}
