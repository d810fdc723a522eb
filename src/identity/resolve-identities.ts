import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AccountLink, AccountSighting, AliasRow, Person, PersonAttributes, PersonKind } from '../domain/people.ts';
import { parseDay } from '../domain/time.ts';
import { createServiceTest, isGenericName } from './account-kind.ts';
import { type AccountNode, buildAccounts } from './account-nodes.ts';
import { compareNodes, compareText, linkAccounts } from './link-accounts.ts';
import type { LinkForest } from './link-forest.ts';

export interface IdentityInput {
  sightings: readonly AccountSighting[];
  /** Applies to every tenant: the directory does not say which one a person belongs to. */
  directory: readonly DirectoryRecord[];
  aliases: readonly AliasRow[];
  /** Names of service accounts, `*` = any text. */
  servicePatterns: readonly string[];
  /** IANA zone of people whose directory record has none (or none that exists). */
  defaultZone: string;
  /** Keyed pseudonym of a text. The key stays with the caller. */
  pseudonym(text: string): string;
}

export interface Identities {
  /** By `key`. Only people with at least one sighting. */
  people: Person[];
  /** One for every account text sighted, by domain and account. */
  links: AccountLink[];
}

/**
 * Resolves accounts to people. Pure and deterministic: the order of the input does not matter. About O(n log n).
 *
 * One person, several accounts: the same account written another way (`THESHIRE\pgustavo`, `pgustavo@theshire.local`), a
 * shared security identifier, the directory's mail addresses and aliases, the aliases file, the same uncommon name without
 * a domain, on a computer or in another domain, and privileged twins (`adm-jdoe`). Blind spots: two people with the same
 * uncommon name in two domains look like one unless the directory lists both; an account renamed between imports without
 * an identifier looks like two.
 */
export function resolveIdentities(input: IdentityInput): Identities {
  const isService = createServiceTest(input.servicePatterns);
  const zoneOf = createZoneCheck(input.defaultZone);
  const people: Person[] = [];
  const links: AccountLink[] = [];
  for (const [domain, sightings] of Map.groupBy(input.sightings, (sighting) => sighting.domain.toLowerCase())) {
    const accounts = buildAccounts(sightings, input.directory, input.aliases, isService);
    const forest = linkAccounts(accounts, input.aliases);
    const setsOfName = collectSetsOfName(accounts.nodes, forest);
    for (const set of Map.groupBy(accounts.nodes, (node) => forest.find(node.index)).values()) {
      if (set.every((node) => node.sightings.length === 0)) continue;
      const root = set.reduce((best, node) => (compareNodes(node, best) < 0 ? node : best));
      const key = keyOf(domain, root, (setsOfName.get(root.name)?.size ?? 0) > 1);
      const person = describePerson(key, input.pseudonym(key), set, zoneOf);
      people.push(person);
      for (const link of linksOf(person.id, set, root, forest)) links.push(link);
    }
  }
  people.sort((a, b) => compareText(a.key, b.key));
  links.sort((a, b) => compareText(a.domain, b.domain) || compareText(a.account, b.account));
  return { people, links };
}

/** Which sets hold an account of a name: one set means that the name alone tells the person. */
function collectSetsOfName(nodes: readonly AccountNode[], forest: LinkForest): Map<string, Set<number>> {
  const sets = new Map<string, Set<number>>();
  for (const node of nodes) {
    // Anybody can send mail from jdoe@elsewhere; that must not change what jdoe is called here.
    if (node.isForeign) continue;
    const known = sets.get(node.name);
    if (known) known.add(forest.find(node.index));
    else sets.set(node.name, new Set([forest.find(node.index)]));
  }
  return sets;
}

/**
 * `name`; `authority\name` where the name alone is not enough; `name@authority` for outside addresses; `\system\name` for
 * the operating system. `/tenant/` stands before it outside the default tenant. The name alone keeps the pseudonym the same
 * when the account later appears in another spelling.
 */
function keyOf(domain: string, root: AccountNode, isShared: boolean): string {
  let base = root.name;
  if (root.kind === 'system') base = `\\system\\${root.name}`;
  else if (root.isForeign) base = `${root.name}@${root.authority}`;
  else if (isShared || (root.kind === 'human' && isGenericName(root.name))) base = `${root.authority}\\${root.name}`;
  if (domain === '') return base.startsWith('/') ? `//${base}` : base;
  return `/${domain.replaceAll('%', '%25').replaceAll('/', '%2f')}/${base}`;
}

const KINDS: readonly PersonKind[] = ['human', 'service', 'machine', 'system'];

function describePerson(
  key: string,
  id: string,
  set: readonly AccountNode[],
  zoneOf: (zone: string) => string,
): Person {
  const named = set.filter((node) => !node.isSid);
  const kinds = new Set((named.length > 0 ? named : set).map((node) => node.kind));
  const seen = (named.some((node) => node.sightings.length > 0) ? named : set).flatMap((node) => node.sightings);
  const primary = seen.reduce((best, one) =>
    one.activities > best.activities || (one.activities === best.activities && one.account < best.account) ? one : best,
  );
  return {
    id,
    key,
    kind: KINDS.find((kind) => kinds.has(kind)) ?? 'human',
    primaryAccount: primary.account,
    attributes: collectAttributes(set, zoneOf),
  };
}

function* linksOf(
  person: string,
  set: readonly AccountNode[],
  root: AccountNode,
  forest: LinkForest,
): Generator<AccountLink> {
  const reached = forest.reach(root.index);
  for (const node of set) {
    let { confidence, reason } = reached.get(node.index)!;
    if (node === root && node.apart) reason = node.apart;
    const isMixed = node.sightings.some((sighting) => !sighting.folded);
    for (const { domain, account, folded } of node.sightings) {
      const sameDomain = folded && isMixed && node.kind !== 'system' && confidence > 0.98;
      yield {
        domain,
        account,
        person,
        confidence: sameDomain ? 0.98 : confidence,
        reason: sameDomain && !node.apart ? 'same domain, written another way' : reason,
      };
    }
  }
}

/** One entry per change, oldest first. Where two records hold from the same day, the more telling account's stands. */
function collectAttributes(set: readonly AccountNode[], zoneOf: (zone: string) => string): PersonAttributes[] {
  const byDay = new Map<string, PersonAttributes>();
  for (const node of set.toSorted(compareNodes)) {
    const records = node.directory.map((record) => toAttributes(record, zoneOf));
    records.sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
    for (const record of records) if (!byDay.has(record.fromDay)) byDay.set(record.fromDay, record);
  }
  const entries = [...byDay.values()].sort((a, b) => compareText(a.fromDay, b.fromDay));
  const contentOf = (entry: PersonAttributes) => JSON.stringify({ ...entry, fromDay: '' });
  return entries.filter((entry, i) => i === 0 || contentOf(entry) !== contentOf(entries[i - 1]!));
}

function toAttributes(record: DirectoryRecord, zoneOf: (zone: string) => string): PersonAttributes {
  return {
    fromDay: parseDay(record.fromDay) === undefined ? '1970-01-01' : record.fromDay,
    name: record.name,
    email: record.email,
    role: record.role,
    businessUnit: record.businessUnit,
    functionalUnit: record.functionalUnit,
    department: record.department,
    team: record.team,
    supervisor: record.supervisor,
    projects: [...record.projects],
    timeZone: zoneOf(record.timeZone),
  };
}

function createZoneCheck(defaultZone: string): (zone: string) => string {
  const known = new Map<string, string>([['', defaultZone]]);
  return (zone) => {
    let answer = known.get(zone);
    if (answer === undefined) {
      answer = defaultZone;
      try {
        if (new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '') answer = zone;
      } catch {
        // Not a zone.
      }
      known.set(zone, answer);
    }
    return answer;
  };
}
