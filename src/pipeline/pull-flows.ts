import { createServiceTest, systemName } from '../identity/account-kind.ts';
import { parseAccount } from '../identity/parse-account.ts';
import { FLOW_LOG_SOURCE, type FlowRow, flowRecord, readFlowRow } from './flow-row.ts';
import type { StoredBatch } from './import-ports.ts';
import { addBatch, noBatch } from './live-writer.ts';
import type { PullOptions, PullPorts } from './pull-events.ts';
import { type ArrivalWindow, pullWindows, type WindowResult } from './pull-windows.ts';

export const FLOW_CURSOR = 'ariel-flows';

export interface AddressUse {
  address: string;
  domain: string;
  account: string;
  /** The person behind the account; `undefined` when it was not resolved yet. */
  person: bigint | undefined;
  timeMs: number;
}

export interface FlowPorts extends Omit<PullPorts, 'readEvent' | 'modeOf'> {
  /** Who was active from the addresses in `[fromMs, toMs)`, by activities of other log sources than that one. */
  users: {
    seenAt(addresses: readonly string[], fromMs: number, toMs: number, exceptLogSource: string): Promise<AddressUse[]>;
  };
}

export interface FlowResult extends WindowResult, StoredBatch {
  rows: number;
  /** Rows that are not as documented. */
  invalid: number;
  /** Nobody was seen at the address lately. */
  unknown: number;
  /** More than one person was. */
  ambiguous: number;
  untracked: number;
}

/** A person counts as being at an address for so long after the last activity there. */
const SEEN_FOR_MS = 4 * 3_600_000;
/** Clocks differ, and the first request of a session may come before the log line about its user. */
const SEEN_AFTER_MS = 300_000;

/**
 * One step of reading flows, which carry no user: a flow becomes a `network` activity of the one person who was active from
 * its source address in the hours before; any other flow is only counted. Call it after `pullEvents`. As there, windows are
 * stored before they count as read, and a flow that is read again stays with whom it was given to first.
 */
export async function pullFlows(ports: FlowPorts, options: PullOptions): Promise<FlowResult> {
  const { source, signal, users } = ports;
  await ports.writer.open(ports.now());
  const total = { ...noBatch(), rows: 0, invalid: 0, unknown: 0, ambiguous: 0, untracked: 0 };
  let batch = noBatch();
  const commit = async () => addBatch(batch, await ports.writer.commit());

  async function take(page: readonly Readonly<Record<string, unknown>>[], firstLine: number): Promise<void> {
    const flows = page.map(readFlowRow);
    const find = await openUses(flows.filter((flow) => flow !== undefined));
    for (const [index, flow] of flows.entries()) {
      if (!flow) {
        total.invalid += 1;
        continue;
      }
      const use = find(flow);
      if (typeof use === 'string') total[use] += 1;
      else if (!ports.isTracked(flow.domain, use.account)) total.untracked += 1;
      else {
        if (ports.writer.isFull) await commit();
        ports.writer.add(flowRecord(flow, use.account, firstLine + index));
      }
    }
  }

  async function openUses(flows: readonly FlowRow[]) {
    const times = flows.map(({ lastMs }) => lastMs);
    const [fromMs, toMs] = [leastOf(times) - SEEN_FOR_MS, -leastOf(times.map((time) => -time)) + SEEN_AFTER_MS];
    const addresses = [...new Set(flows.map(({ sourceIp }) => sourceIp))];
    const uses = flows.length === 0 ? [] : await users.seenAt(addresses, fromMs, toMs, FLOW_LOG_SOURCE);
    return createFinder(uses.filter(({ account }) => isPersonal(account)));
  }

  async function readWindow(window: ArrivalWindow, limit: number): Promise<number> {
    let rows = 0;
    batch = noBatch();
    try {
      for await (const page of source.rows(window, limit, signal)) {
        await take(page, rows + 1);
        rows += page.length;
        signal?.throwIfAborted();
      }
    } finally {
      await commit();
      addBatch(total, batch);
      total.rows += rows;
    }
    ports.onProgress?.({ ...window, ...batch, rows });
    return rows;
  }

  const windowPorts = { ...ports, consoleNow: (sign?: AbortSignal) => source.now(sign) };
  const result = await pullWindows(windowPorts, { ...options, cursor: FLOW_CURSOR }, readWindow);
  return { ...result, ...total };
}

/** The latest use before a flow, when all uses of the hours before it are one person's. */
function createFinder(uses: readonly AddressUse[]): (flow: FlowRow) => AddressUse | 'unknown' | 'ambiguous' {
  const keyOf = (domain: string, address: string) => `${domain.toLowerCase()}\0${address}`;
  const byPlace = new Map<string, AddressUse[]>();
  for (const use of uses) {
    const key = keyOf(use.domain, use.address);
    const list = byPlace.get(key);
    if (list) list.push(use);
    else byPlace.set(key, [use]);
  }
  return (flow) => {
    const near = (byPlace.get(keyOf(flow.domain, flow.sourceIp)) ?? []).filter(
      ({ timeMs }) => timeMs >= flow.lastMs - SEEN_FOR_MS && timeMs <= flow.lastMs + SEEN_AFTER_MS,
    );
    const first = near[0];
    if (!first) return 'unknown';
    if (countPeople(near) > 1) return 'ambiguous';
    return near.reduce((latest, use) => (use.timeMs > latest.timeMs ? use : latest));
  };
}

/** Accounts that were not resolved yet are told apart by their bare names. */
function countPeople(uses: readonly AddressUse[]): number {
  const people = new Set<bigint>();
  const theirs = new Set<string>();
  const others = new Set<string>();
  for (const { person, account } of uses) {
    if (person === undefined) continue;
    people.add(person);
    theirs.add(parseAccount(account).name);
  }
  for (const { person, account } of uses) {
    const { name } = parseAccount(account);
    if (person === undefined && !theirs.has(name)) others.add(name);
  }
  return people.size + others.size;
}

const leastOf = (times: readonly number[]): number => times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

const isService = createServiceTest([]);

/** Accounts of computers, of the operating system and of services are used by nobody. */
function isPersonal(account: string): boolean {
  const parts = parseAccount(account);
  return !parts.name.endsWith('$') && systemName(parts) === undefined && !isService(parts.name);
}
