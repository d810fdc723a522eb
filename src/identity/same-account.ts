import { type AccountParts, parseAccount } from './parse-account.ts';

/**
 * Whether two authorities may stand for one place, as far as their names alone can tell: equal; one not written; one the
 * sub-domain of the other; a NetBIOS name beside a DNS name, which need not resemble each other (`CORP` and `example.com`).
 */
function mayBeSame(a: string, b: string): boolean {
  if (a === '' || b === '' || a === b) return true;
  const [isDnsA, isDnsB] = [a.includes('.'), b.includes('.')];
  if (isDnsA && isDnsB) return a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
  return isDnsA !== isDnsB;
}

export const isSameAccount = (a: AccountParts, b: AccountParts): boolean =>
  a.name === b.name && mayBeSame(a.authority, b.authority);

/** An account as somebody named it; without a domain it is meant in every one. */
export interface NamedAccount {
  domain?: string | undefined;
  account: string;
}

/** Finds, by name, what may be written in another way. */
export interface AccountBook<T extends NamedAccount> {
  add(named: T): void;
  /** Those that may be the account. */
  find(domain: string, account: string): T[];
  hasName(name: string): boolean;
  readonly size: number;
}

export function createAccountBook<T extends NamedAccount>(): AccountBook<T> {
  const byName = new Map<string, { named: T; parts: AccountParts }[]>();
  let size = 0;
  return {
    add(named) {
      const parts = parseAccount(named.account);
      if (parts.name === '') return;
      const known = byName.get(parts.name);
      if (known) known.push({ named, parts });
      else byName.set(parts.name, [{ named, parts }]);
      size += 1;
    },
    find(domain, account) {
      const parts = parseAccount(account);
      const found = byName.get(parts.name);
      if (!found) return [];
      const here = domain.toLowerCase();
      return found
        .filter(({ named }) => named.domain === undefined || named.domain.toLowerCase() === here)
        .filter((one) => isSameAccount(one.parts, parts))
        .map(({ named }) => named);
    },
    hasName: (name) => byName.has(name),
    get size() {
      return size;
    },
  };
}
