import type { AliasRow } from '../domain/people.ts';
import { adminBases, isGenericName } from './account-kind.ts';
import type { AccountNode, TenantAccounts } from './account-nodes.ts';
import { createLinkForest, type LinkEdge, type LinkForest } from './link-forest.ts';

/** More names than this beside one identifier: the log source writes it beside the wrong account. */
const MAX_NAMES_PER_SID = 4;

const EDGES = {
  alias: { confidence: 1, reason: 'listed in the aliases file' },
  directoryAlias: { confidence: 0.98, reason: "listed in the directory as one of the person's accounts" },
  mail: { confidence: 0.95, reason: 'mail address in the directory' },
  sid: { confidence: 0.95, reason: 'same security identifier' },
  bare: { confidence: 0.9, reason: 'same name, written without its domain' },
  machine: { confidence: 0.8, reason: 'same computer, named in another domain' },
  admin: { confidence: 0.7, reason: "named as this person's privileged account" },
  local: { confidence: 0.6, reason: 'local account of the same name' },
  address: { confidence: 0.6, reason: 'same name in an address of the organisation' },
  bareOfMany: { confidence: 0.6, reason: 'same name without a domain, and several domains have it' },
  otherDomain: { confidence: 0.5, reason: 'same name in another domain' },
} satisfies Record<string, LinkEdge>;

const APART = {
  generic: 'kept apart: the name is too common to tell who it is',
  conflict: 'kept apart: several people have this name',
  foreign: 'kept apart: an address outside the known domains',
  mail: 'kept apart: several people have this mail address',
  admin: 'kept apart: several people could own this privileged account',
} as const;

/**
 * Joins the accounts of one tenant into sets, one set a person. Certain evidence first (aliases, directory, identifiers),
 * then names, then privileged twins; each step decides on the state the step before left, so the order of input does not
 * matter. Doubt keeps accounts apart.
 */
export function linkAccounts(accounts: TenantAccounts, aliases: readonly AliasRow[]): LinkForest {
  // Canonical order makes ties independent of the input's order.
  const ordered = accounts.nodes.toSorted(compareNodes);
  const rank = new Int32Array(ordered.length);
  for (const [position, node] of ordered.entries()) rank[node.index] = position;
  const forest = createLinkForest(
    Int32Array.from(accounts.nodes, (node) => (node.directory.length > 0 ? rank[node.index]! : -1)),
  );
  linkAliases(accounts, aliases, forest);
  linkDirectory(accounts, ordered, forest);
  linkIdentifiers(ordered, forest);
  linkNames(ordered, forest);
  linkPrivileged(ordered, forest);
  return forest;
}

/**
 * Which of two accounts speaks for the person: listed in the directory, not a privileged twin, a name rather than an
 * identifier, a person rather than a service, then by name; among equal names the domain's before bare before local.
 */
export function compareNodes(a: AccountNode, b: AccountNode): number {
  return (
    Number(b.directory.length > 0) - Number(a.directory.length > 0) ||
    Number(a.isPrivilegedTwin ?? false) - Number(b.isPrivilegedTwin ?? false) ||
    Number(a.isSid) - Number(b.isSid) ||
    KIND_ORDER[a.kind] - KIND_ORDER[b.kind] ||
    Number(a.isForeign) - Number(b.isForeign) ||
    compareText(a.name, b.name) ||
    placeOf(a) - placeOf(b) ||
    compareText(a.authority, b.authority)
  );
}

const KIND_ORDER = { human: 0, service: 1, machine: 2, system: 3 };
const placeOf = (node: AccountNode) => (node.isLocal ? 2 : node.authority === '' ? 1 : 0);
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function linkAliases(accounts: TenantAccounts, aliases: readonly AliasRow[], forest: LinkForest): void {
  const pairs = aliases
    .map(({ account, alias }) => [accounts.nodeOf(account)!, accounts.nodeOf(alias)!] as const)
    .map(([a, b]) => (compareNodes(a, b) <= 0 ? ([a, b] as const) : ([b, a] as const)))
    .filter(([a, b]) => a.kind !== 'system' && b.kind !== 'system')
    .sort(([a, b], [c, d]) => compareNodes(a, c) || compareNodes(b, d));
  for (const [a, b] of pairs) forest.join(a.index, b.index, EDGES.alias, true);
}

function linkDirectory(accounts: TenantAccounts, ordered: readonly AccountNode[], forest: LinkForest): void {
  const claims = new Map<AccountNode, { owners: Set<AccountNode>; edge: LinkEdge }>();
  const claim = (text: string, owner: AccountNode, edge: LinkEdge) => {
    const node = text === '' ? undefined : accounts.nodeOf(text);
    if (!node || node === owner || node.kind === 'system') return;
    const entry = claims.get(node) ?? { owners: new Set(), edge };
    if (edge.confidence > entry.edge.confidence) entry.edge = edge;
    claims.set(node, { owners: entry.owners.add(owner), edge: entry.edge });
  };
  for (const owner of ordered) {
    for (const record of owner.directory) {
      for (const alias of record.aliases) claim(alias, owner, EDGES.directoryAlias);
      claim(record.email, owner, EDGES.mail);
    }
  }
  for (const node of ordered) {
    const entry = claims.get(node);
    if (!entry) continue;
    const sets = new Set([...entry.owners].map((owner) => forest.find(owner.index)));
    if (sets.size > 1) node.apart = APART.mail;
    else for (const owner of entry.owners) forest.join(owner.index, node.index, entry.edge);
  }
}

function linkIdentifiers(ordered: readonly AccountNode[], forest: LinkForest): void {
  const holders = groupBy(
    ordered
      .filter((node) => node.kind !== 'system')
      .flatMap((node) => [...node.sids].map((sid) => [sid, node] as const)),
  );
  for (const sid of [...holders.keys()].sort()) {
    const nodes = holders.get(sid)!;
    const named = nodes.filter((node) => !node.isSid);
    if (new Set(named.map((node) => node.name)).size > MAX_NAMES_PER_SID) continue;
    const [center] = nodes;
    for (const node of nodes.slice(1))
      if (node.isSid || node.kind === center!.kind) forest.join(center!.index, node.index, EDGES.sid);
  }
}

function linkNames(ordered: readonly AccountNode[], forest: LinkForest): void {
  const groups = groupBy(
    ordered
      .filter((node) => node.kind !== 'system' && !node.isSid)
      .map((node) => [`${node.kind}\\${node.name}`, node] as const),
  );
  for (const all of groups.values()) {
    if (all.length < 2) continue;
    const group = all.filter((node) => !node.isForeign || node.directory.length > 0);
    for (const node of all) if (!group.includes(node)) node.apart ??= APART.foreign;
    const owners = new Set(group.map((node) => forest.ownerOf(node.index)).filter((owner) => owner >= 0));
    const apart = isGenericName(all[0]!.name) ? APART.generic : owners.size > 1 ? APART.conflict : undefined;
    if (apart) {
      for (const node of group) if (node.directory.length === 0) node.apart ??= apart;
      continue;
    }
    const domains = group.filter((node) => node.authority !== '' && !node.isLocal).length;
    const [center, ...others] = group.filter((node) => node.apart === undefined);
    const edges = others.map((node) => ({ node, edge: edgeByName(center!, node, domains) }));
    edges.sort((a, b) => b.edge.confidence - a.edge.confidence);
    for (const { node, edge } of edges) {
      if (!forest.join(center!.index, node.index, edge)) node.apart ??= APART.conflict;
    }
  }
}

function edgeByName(a: AccountNode, b: AccountNode, domains: number): LinkEdge {
  if (a.kind === 'machine') return EDGES.machine;
  if (a.isLocal || b.isLocal) return EDGES.local;
  if (a.authority === '' || b.authority === '') return domains > 1 ? EDGES.bareOfMany : EDGES.bare;
  return a.authority.includes('.') || b.authority.includes('.') ? EDGES.address : EDGES.otherDomain;
}

function linkPrivileged(ordered: readonly AccountNode[], forest: LinkForest): void {
  const people = groupBy(
    ordered
      .filter((node) => node.kind === 'human' && !node.isSid && !node.isForeign)
      .map((node) => [node.name, node] as const),
  );
  const joins: { node: AccountNode; base: AccountNode }[] = [];
  for (const node of ordered) {
    if (node.kind !== 'human' || node.isSid || node.isForeign || node.directory.length > 0) continue;
    for (const name of adminBases(node.name)) {
      const bases = people.get(name);
      if (!bases) continue;
      const near = bases.filter((base) => base.authority === node.authority);
      const candidates = near.length > 0 ? near : bases;
      if (new Set(candidates.map((base) => forest.find(base.index))).size > 1) node.apart ??= APART.admin;
      else joins.push({ node, base: candidates[0]! });
      break;
    }
  }
  for (const { node, base } of joins) {
    node.isPrivilegedTwin = true;
    forest.join(base.index, node.index, EDGES.admin);
  }
}

function groupBy<T>(entries: readonly (readonly [string, T])[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of entries) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
