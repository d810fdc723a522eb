import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AccountSighting, AliasRow, PersonKind } from '../domain/people.ts';
import { kindOf, systemName } from './account-kind.ts';
import { type Authorities, learnAuthorities, type WeightedAccount } from './authorities.ts';
import { type AccountParts, isPersonalSid, parseAccount } from './parse-account.ts';

/** One account of a tenant, however many ways it is written. */
export interface AccountNode {
  index: number;
  /** Canonical authority, `''` when none is known. */
  authority: string;
  name: string;
  kind: PersonKind;
  isSid: boolean;
  /** The authority is a computer: a local account. */
  isLocal: boolean;
  /** Only seen as an address of a domain that is not known to be the organisation's. */
  isForeign: boolean;
  directory: DirectoryRecord[];
  /** Written ways that were seen in logs. */
  sightings: { domain: string; account: string; activities: number; folded: boolean }[];
  /** Personal security identifiers seen beside it. */
  sids: Set<string>;
  /** Why it stays apart from accounts of the same name. */
  apart?: string;
  /** Joined as somebody's second, privileged account. */
  isPrivilegedTwin?: boolean;
}

export interface TenantAccounts {
  nodes: AccountNode[];
  authorities: Authorities;
  /** The node an account text stands for; texts not given to `buildAccounts` have none. */
  nodeOf(text: string): AccountNode | undefined;
}

/** Gathers every account text of one tenant (logs, directory, aliases) into one node per account. O(n). */
export function buildAccounts(
  sightings: readonly AccountSighting[],
  directory: readonly DirectoryRecord[],
  aliases: readonly AliasRow[],
  isService: (name: string) => boolean,
): TenantAccounts {
  const weighted = new Map<string, WeightedAccount>();
  const note = (text: string, activities: number) => {
    const known = weighted.get(text);
    if (known) known.activities = Math.max(known.activities, activities);
    else weighted.set(text, { parts: parseAccount(text), activities });
  };
  const mailDomains = new Set<string>();
  for (const sighting of sightings) note(sighting.account, sighting.activities);
  for (const record of directory) {
    for (const text of [record.account, record.email, ...record.aliases]) if (text !== '') note(text, 0);
    if (record.email !== '') mailDomains.add(parseAccount(record.email).authority);
  }
  for (const { account, alias } of aliases) {
    note(account, 0);
    note(alias, 0);
  }
  mailDomains.delete('');

  const authorities = learnAuthorities(weighted.values(), mailDomains);
  const nodes: AccountNode[] = [];
  const byKey = new Map<string, AccountNode>();
  const nodeByText = new Map<string, AccountNode>();
  for (const [text, { parts }] of weighted) {
    const key = nodeKey(parts, authorities);
    let node = byKey.get(key);
    if (!node) {
      node = makeNode(nodes.length, parts, authorities, isService);
      byKey.set(key, node);
      nodes.push(node);
    }
    if (parts.form !== 'address' || authorities.isOwn(parts.authority)) node.isForeign = false;
    nodeByText.set(text, node);
  }
  for (const { domain, account, activities, sids } of mergeSightings(sightings)) {
    const node = nodeByText.get(account)!;
    const { authority } = weighted.get(account)!.parts;
    node.sightings.push({ domain, account, activities, folded: authority !== node.authority });
    for (const sid of sids) node.sids.add(sid);
  }
  for (const record of directory) {
    const node = nodeByText.get(record.account);
    if (!node || node.kind === 'system') continue;
    node.directory.push(record);
    // People's directories also list service accounts, but those have no mail box and no manager.
    if (node.kind === 'service' && (record.email !== '' || record.supervisor !== '')) node.kind = 'human';
  }
  return { nodes, authorities, nodeOf: (text) => nodeByText.get(text) };
}

function nodeKey(parts: AccountParts, authorities: Authorities): string {
  const system = systemName(parts);
  return system === undefined ? `${authorities.canonical(parts.authority)}\\${parts.name}` : `system\\\\${system}`;
}

function makeNode(
  index: number,
  parts: AccountParts,
  authorities: Authorities,
  isService: (name: string) => boolean,
): AccountNode {
  const system = systemName(parts);
  const authority = system === undefined ? authorities.canonical(parts.authority) : '';
  const isLocal = authority !== '' && authorities.isComputer(authority);
  return {
    index,
    authority,
    name: system ?? parts.name,
    kind: system === undefined ? kindOf({ ...parts, authority }, isService, isLocal) : 'system',
    isSid: parts.form === 'sid' && system === undefined,
    isLocal,
    isForeign: true,
    directory: [],
    sightings: [],
    sids: new Set(parts.form === 'sid' && isPersonalSid(parts.name) ? [parts.name] : []),
  };
}

/** Sightings that differ in the identifier alone become one. */
function mergeSightings(sightings: readonly AccountSighting[]) {
  const merged = new Map<string, Omit<AccountSighting, 'sid'> & { sids: Set<string> }>();
  for (const { domain, account, activities, sid } of sightings) {
    const key = `${domain.length} ${domain}${account}`;
    let entry = merged.get(key);
    if (!entry) {
      entry = { domain, account, activities, sids: new Set() };
      merged.set(key, entry);
    }
    entry.activities = Math.max(entry.activities, activities);
    if (isPersonalSid(sid)) entry.sids.add(sid.toLowerCase());
  }
  return merged.values();
}
