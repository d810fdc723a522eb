import { domainName } from '../domain/context.ts';
import type { Tracking } from '../identity/tracking.ts';
import type { ConsoleAsset, ConsoleUbaUser, ContextConsole, ContextStore } from './context-ports.ts';
import { CONTEXT_KINDS, itemKey } from './context-state.ts';

type Items = (readonly [key: string, body: unknown])[];

export interface PartInput {
  console: ContextConsole;
  store: ContextStore;
  tracking: Tracking;
  signal: AbortSignal | undefined;
}

/** One thing that is read for itself. */
export interface ContextPart {
  name: string;
  /** What is lost without it, for people. */
  loss: string;
  /** Items by kind. */
  read(input: PartInput): Promise<Record<string, Items>>;
}

/** Assets and names beyond these are not kept: enough for any console, and no list without end. */
const MAX_ASSETS = 200_000;
const MAX_LOG_SOURCES = 100_000;
const MAX_UBA_NAMES = 20_000;

const byId = <T extends { id: number }>(rows: readonly T[]): Items => rows.map((row) => [String(row.id), row]);

async function collect<T>(pages: AsyncGenerator<T[]>, most: number): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) {
    for (const row of page) if (rows.length < most) rows.push(row);
    if (rows.length >= most) break;
  }
  return rows;
}

/** In this order; domains, reference tables and the people who are not tracked are read before. */
export const CONTEXT_PARTS: readonly ContextPart[] = [
  {
    name: 'log source types',
    loss: 'new log source types are numbers without names',
    read: async ({ console, signal }) => ({
      [CONTEXT_KINDS.logSourceType]: byId(await console.inventory.logSourceTypes(signal)),
    }),
  },
  {
    name: 'log sources',
    loss: 'a silent log source looks like a quiet day',
    read: async ({ console, signal }) => ({
      [CONTEXT_KINDS.logSource]: byId(await collect(console.inventory.logSources(signal), MAX_LOG_SOURCES)),
    }),
  },
  {
    name: 'offense types',
    loss: 'what an offense is about is a number without a name',
    read: async ({ console, signal }) => ({
      [CONTEXT_KINDS.offenseType]: byId(await console.offenses.types(signal)),
    }),
  },
  {
    name: 'closing reasons',
    loss: 'verdicts given in QRadar are not understood',
    read: async ({ console, signal }) => ({
      [CONTEXT_KINDS.closingReason]: byId(await console.offenses.closingReasons(signal)),
    }),
  },
  {
    name: 'roles',
    loss: 'who works with this console is not known',
    read: async ({ console, signal }) => ({ [CONTEXT_KINDS.consoleRole]: byId(await console.access.roles(signal)) }),
  },
  {
    name: 'users',
    loss: 'who works with this console is not known',
    read: async ({ console, signal, tracking }) => ({
      [CONTEXT_KINDS.consoleUser]: byId(
        (await console.access.users(signal)).filter(({ username }) => tracking.isTracked('', username)),
      ),
    }),
  },
  {
    name: 'assets',
    loss: 'which host an address is, and who uses it, stays as it was',
    read: readAssets,
  },
  {
    name: 'UBA users',
    loss: 'risk, trust and watchlists of people stay as they were',
    read: readUbaUsers,
  },
];

async function readAssets({ console, store, signal, tracking }: PartInput): Promise<Record<string, Items>> {
  const names = new Map(
    (await store.context.read(CONTEXT_KINDS.domain)).map(({ key, body }) => [key, (body as { name: string }).name]),
  );
  const keep = (asset: ConsoleAsset) => {
    const domain = domainName(asset.domainId, names.get(String(asset.domainId)));
    const users = asset.users.filter(({ username }) => tracking.isTracked(domain, username));
    return [itemKey(domain, asset.id), { ...asset, domain, users }] as const;
  };
  return {
    [CONTEXT_KINDS.asset]: (await collect(console.inventory.assets(signal), MAX_ASSETS)).map(keep),
  };
}

/** Those above the threshold, and everybody whose account is known here: UBA has no list of all. */
async function readUbaUsers({ console, store, signal, tracking }: PartInput): Promise<Record<string, Items>> {
  const { riskThreshold, users: above } = await console.uba.aboveThreshold(signal);
  const accounts = await store.tracking.knownAccounts();
  const names = ubaNames(accounts.filter(({ domain, account }) => tracking.isTracked(domain, account)));
  const known = await console.uba.users(names.slice(0, MAX_UBA_NAMES), signal);
  const isKept = ({ username, aliases }: ConsoleUbaUser) =>
    username !== '' && [username, ...aliases].every((name) => tracking.isTracked('', name));
  const byName = new Map<string, unknown>();
  for (const user of known.filter(isKept))
    byName.set(user.username.toLowerCase(), { ...user, isAboveThreshold: false });
  for (const user of above.filter(isKept)) byName.set(user.username.toLowerCase(), { ...user, isAboveThreshold: true });
  return {
    [CONTEXT_KINDS.ubaUser]: [...byName],
    [CONTEXT_KINDS.uba]: riskThreshold === undefined ? [] : [['threshold', { riskThreshold }]],
  };
}

/** Letter case matters to UBA: each name as logs write it and in lower case, with and without its authority. */
function ubaNames(accounts: readonly { account: string }[]): string[] {
  const names = new Set<string>();
  for (const { account } of accounts) {
    const bare = account.slice(account.lastIndexOf('\\') + 1).split('@')[0] ?? '';
    if (bare === '' || bare.endsWith('$') || /^s-1-/i.test(bare)) continue;
    for (const name of [bare, bare.toLowerCase(), account]) names.add(name);
  }
  return [...names];
}
