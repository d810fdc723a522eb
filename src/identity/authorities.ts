import type { AccountParts } from './parse-account.ts';

/** An authority is believed over another of the same first label when it was seen this many times more often. */
const DOMINANCE = 10;

/** A computer may hold a hidden local user named like a machine; a domain holds many machines. */
const MAX_LOCAL_MACHINE_NAMES = 2;

/** One account text of a tenant, taken apart, with how often it was seen (0 when only a directory names it). */
export interface WeightedAccount {
  parts: AccountParts;
  activities: number;
}

export interface Authorities {
  /** One spelling per domain: `theshire.local` and `theshire` become `theshire`. */
  canonical(authority: string): string;
  /** The authority is a computer: its machine account was seen. Local accounts live there. */
  isComputer(authority: string): boolean;
  /** The authority was seen before a backslash, so logs of this organisation use it; or the directory's mail does. */
  isOwn(authority: string): boolean;
}

/**
 * Learns what the authorities of one tenant are. `mailDomains` are those of the directory.
 * A NetBIOS name and a DNS name are one domain when the first label is the same and no other DNS name competes.
 */
export function learnAuthorities(accounts: Iterable<WeightedAccount>, mailDomains: ReadonlySet<string>): Authorities {
  const flat = new Set<string>();
  const own = new Set<string>(mailDomains);
  const computers = new Set<string>();
  const machineNamesIn = new Map<string, Set<string>>();
  const weightOf = new Map<string, number>();
  for (const { parts, activities } of accounts) {
    const { form, authority, name } = parts;
    if (name.endsWith('$')) computers.add(name.slice(0, -1));
    if (authority === '') continue;
    if (name.endsWith('$')) {
      const names = machineNamesIn.get(firstLabel(authority)) ?? new Set();
      machineNamesIn.set(firstLabel(authority), names.add(name));
    }
    if (form === 'domain') {
      own.add(authority);
      if (!authority.includes('.')) flat.add(authority);
    }
    if (authority.includes('.')) weightOf.set(authority, (weightOf.get(authority) ?? 0) + activities);
  }
  const best = new Map<string, { name: string; weight: number; next: number }>();
  for (const [name, weight] of weightOf) {
    const label = firstLabel(name);
    if (!flat.has(label)) continue;
    const leader = best.get(label);
    if (!leader) best.set(label, { name, weight, next: -1 });
    else if (weight > leader.weight) best.set(label, { name, weight, next: leader.weight });
    else leader.next = Math.max(leader.next, weight);
  }
  const folded = new Map<string, string>();
  for (const [label, { name, weight, next }] of best)
    if (next < 0 || weight >= DOMINANCE * Math.max(1, next)) folded.set(name, label);
  const canonical = (authority: string) => folded.get(authority) ?? authority;
  return {
    canonical,
    isComputer(authority) {
      const label = firstLabel(authority);
      return computers.has(label) && (machineNamesIn.get(label)?.size ?? 0) <= MAX_LOCAL_MACHINE_NAMES;
    },
    isOwn: (authority) => own.has(authority) || folded.has(authority),
  };
}

const firstLabel = (name: string): string => {
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
};
