import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AccountLink, AccountSighting, AliasRow, Person, PersonKind } from '../domain/people.ts';
import { resolveIdentities } from '../identity/resolve-identities.ts';
import type { AnalysedPerson } from './analyze.ts';

/** One row of the engine's `account_link`: tokens only. */
export interface LinkRow {
  account: bigint;
  person: bigint;
  kind: number;
  zone: number;
}

export interface PeopleStore {
  /** Every account the logs named, with how often. */
  sightings(): Promise<AccountSighting[]>;
  directory(): Promise<DirectoryRecord[]>;
  savePeople(people: readonly Person[], links: readonly AccountLink[]): Promise<void>;
  replaceAccountLinks(rows: readonly LinkRow[]): Promise<void>;
  /** Keyed 64-bit token of an account as activities carry it. */
  accountToken(domain: string, account: string): bigint;
  /** Keyed pseudonym `p-` + 16 hexadecimal digits. */
  pseudonym(text: string): string;
}

export interface ResolveOptions {
  aliases: AliasRow[];
  servicePatterns: readonly string[];
  defaultZone: string;
}

/** A person with what only a reveal may show. */
export interface KnownPerson extends AnalysedPerson, Pick<Person, 'primaryAccount' | 'kind'> {
  token: bigint;
  accounts: string[];
}

export interface ResolvedPeople {
  byToken: Map<bigint, KnownPerson>;
  /** Zone names by the number used in links; 0 is the default. */
  zones: string[];
}

const KIND_CODES: Record<PersonKind, number> = { human: 0, service: 1, machine: 2, system: 3 };

/** The pseudonym's digits are the person's token. */
export const personToken = (pseudonym: string): bigint => BigInt.asIntN(64, BigInt(`0x${pseudonym.slice(2)}`));

/** Resolves every account seen so far to a person, and hands the links to the record store and the columnar engine. */
export async function resolvePeople(store: PeopleStore, options: ResolveOptions): Promise<ResolvedPeople> {
  const [sightings, directory] = [await store.sightings(), await store.directory()];
  const { people, links } = resolveIdentities({
    sightings,
    directory,
    aliases: options.aliases,
    servicePatterns: [...options.servicePatterns],
    defaultZone: options.defaultZone,
    pseudonym: (text) => store.pseudonym(text),
  });
  await store.savePeople(people, links);
  const zones = [options.defaultZone];
  const zoneOf = (person: Person): number => {
    const zone = person.attributes.at(-1)?.timeZone || options.defaultZone;
    const known = zones.indexOf(zone);
    return known >= 0 ? known : zones.push(zone) - 1;
  };
  const personById = new Map(people.map((person) => [person.id, person]));
  const accounts = new Map<string, string[]>();
  const rows: LinkRow[] = [];
  for (const link of links) {
    const person = personById.get(link.person);
    if (!person) continue;
    rows.push({
      account: store.accountToken(link.domain, link.account),
      person: personToken(person.id),
      kind: KIND_CODES[person.kind],
      zone: zoneOf(person),
    });
    const known = accounts.get(person.id);
    if (known) known.push(link.account);
    else accounts.set(person.id, [link.account]);
  }
  // Spellings that differ only in letter case share a token.
  const unique = new Map(rows.map((row) => [row.account, row]));
  await store.replaceAccountLinks([...unique.values()]);
  const byToken: ResolvedPeople['byToken'] = new Map();
  for (const person of people) {
    const token = personToken(person.id);
    byToken.set(token, {
      token,
      id: person.id,
      attributes: person.attributes,
      primaryAccount: person.primaryAccount,
      kind: person.kind,
      accounts: (accounts.get(person.id) ?? []).sort(),
    });
  }
  return { byToken, zones };
}
