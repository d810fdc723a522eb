import type { AccountLink } from '../domain/people.ts';
import { isGenericName } from './account-kind.ts';
import { parseAccount } from './parse-account.ts';
import { type AccountBook, createAccountBook, type NamedAccount } from './same-account.ts';

/** A user who must not be tracked, named as UBA does: `jdoe`, `CORP\jdoe` or `jdoe@corp.example`. */
export interface UntrackedEntry extends NamedAccount {}

/** An account found to be an entry's person. It is remembered: once the person is forgotten, no link says so any more. */
export interface LinkedAccount extends NamedAccount {
  /** The entry's account text. */
  entry: string;
}

export interface TrackingContext {
  /** Names of one person each, as directory and aliases list them. */
  sameNames?: readonly (readonly string[])[];
  /** `linked` of the tracking before. */
  remembered?: readonly LinkedAccount[];
}

export interface Tracking {
  /** The list was read at least once. Until then nobody is tracked, and nothing should be read from live sources. */
  readonly isKnown: boolean;
  isTracked(domain: string, account: string): boolean;
  /** The text holds the name of somebody who is not tracked; names too common to tell are not looked for. */
  isNamedIn(text: string): boolean;
  readonly entries: readonly UntrackedEntry[];
  readonly linked: readonly LinkedAccount[];
}

/** A link below this is a guess that may well be somebody else: the same name in another domain. */
export const LEAST_CONFIDENCE = 0.6;
const MAX_KNOWN = 100_000;
const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_.$-]*/gu;

/**
 * Who is tracked. An entry stands for the account in all ways it is written, for the names that directory and aliases list
 * beside it, and for the accounts linked to the same person. Where names alone cannot tell, the person is left out: an entry
 * without a domain means every QRadar domain, one without an authority every authority.
 *
 * @param entries `undefined` when the list was never read: nobody is tracked then
 * @param links of the last identity resolution; those below `LEAST_CONFIDENCE` do not count
 */
export function createTracking(
  entries: readonly UntrackedEntry[] | undefined,
  links: readonly AccountLink[] = [],
  { sameNames = [], remembered = [] }: TrackingContext = {},
): Tracking {
  if (entries === undefined)
    return { isKnown: false, isTracked: () => false, isNamedIn: () => false, entries: [], linked: [] };
  const listed = createAccountBook<UntrackedEntry>();
  for (const entry of entries) listed.add(entry);
  const linked = listed.size === 0 ? [] : findLinked(entries, listed, links, sameNames, remembered);
  const book = createAccountBook<NamedAccount>();
  const exact = new Set<string>();
  for (const entry of entries) book.add(entry);
  // `root` in an aliases file is one account somewhere, not everybody's.
  for (const one of linked)
    if (isGenericName(parseAccount(one.account).name)) exact.add(one.account.toLowerCase());
    else book.add(one);
  const known = new Map<string, boolean>();

  function isTracked(domain: string, account: string): boolean {
    if (book.size === 0 && exact.size === 0) return true;
    const key = `${domain}\0${account}`;
    let answer = known.get(key);
    if (answer === undefined) {
      answer = !exact.has(account.toLowerCase()) && book.find(domain, account).length === 0;
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(key, answer);
    }
    return answer;
  }

  return {
    isKnown: true,
    isTracked,
    isNamedIn(text) {
      if (book.size === 0) return false;
      for (const [word] of text.normalize('NFKC').toLowerCase().matchAll(WORD)) {
        const name = word.replace(/\.+$/, '');
        if (book.hasName(name) && !isGenericName(name)) return true;
      }
      return false;
    },
    entries,
    linked,
  };
}

/** Nobody is left out: where there is no QRadar that could say otherwise. */
export const trackEveryone = (): Tracking => createTracking([]);

/** Two rounds: a name out of the directory may lead to a person, whose accounts lead to further names. */
function findLinked(
  entries: readonly UntrackedEntry[],
  listed: AccountBook<UntrackedEntry>,
  links: readonly AccountLink[],
  sameNames: readonly (readonly string[])[],
  remembered: readonly LinkedAccount[],
): LinkedAccount[] {
  const present = new Set(entries.map(({ account }) => account));
  const found = new Map<string, LinkedAccount>();
  const reached = createAccountBook<LinkedAccount>();
  const add = (domain: string | undefined, account: string, entry: string) => {
    const key = `${domain?.toLowerCase() ?? '*'}\0${account.toLowerCase()}`;
    if (account === '' || found.has(key)) return;
    const one = domain === undefined ? { account, entry } : { domain, account, entry };
    found.set(key, one);
    if (!isGenericName(parseAccount(account).name)) reached.add(one);
  };
  const entryOf = (domain: string, account: string): string | undefined =>
    listed.find(domain, account)[0]?.account ?? reached.find(domain, account)[0]?.entry;
  for (const { domain, account, entry } of remembered) if (present.has(entry)) add(domain, account, entry);
  const sure = links.filter(({ confidence }) => confidence >= LEAST_CONFIDENCE);
  const domains = [
    ...new Set(['', ...entries.flatMap(({ domain }) => domain ?? []), ...sure.map((one) => one.domain)]),
  ];
  for (let round = 0; round < 2; round++) {
    for (const names of sameNames)
      for (const domain of domains) {
        const entry = names.map((name) => entryOf(domain, name)).find((one) => one !== undefined);
        if (entry !== undefined) for (const name of names) add(domain, name, entry);
      }
    const people = new Map<string, string>();
    for (const { domain, account, person } of sure) {
      const entry = entryOf(domain, account);
      if (entry !== undefined) people.set(person, entry);
    }
    for (const { domain, account, person } of sure) {
      const entry = people.get(person);
      if (entry !== undefined) add(domain, account, entry);
    }
  }
  return [...found.values()];
}
