import { type Access, type Caller, createAccess } from './access.ts';
import { type Ariel, createAriel } from './ariel.ts';
import { watchClock } from './console-clock.ts';
import { type EndpointDirectory, readEndpoints } from './endpoints.ts';
import { hasCode } from './errors.ts';
import { createInstaller, type Installer } from './install/installer.ts';
import type { InstallLedger } from './install/ledger.ts';
import { createInventory, type Inventory } from './inventory.ts';
import { createNoteClaims, type NoteClaims } from './note-claims.ts';
import { createNotes, type Notes, type NotesOptions } from './notes.ts';
import { createOffenses, type Offenses } from './offenses.ts';
import { type BudgetAccount, createQueryBudget, type QueryBudget } from './query-budget.ts';
import type { ReferenceSets } from './reference-entries.ts';
import { createReferenceMaps, type ReferenceMaps } from './reference-maps.ts';
import { USERS_NOT_TRACKED } from './reference-names.ts';
import { createReferenceSets } from './reference-sets.ts';
import { createRequester } from './requester.ts';
import type { RetryPolicy } from './retry.ts';
import { checkRights, lackingFor, type RightPhase, type RightState } from './rights.ts';
import { createRules, type Rules } from './rules.ts';
import type { Timing } from './timing.ts';
import { createTransport, type Transport } from './transport.ts';
import { createUba, type Uba } from './uba.ts';
import { type ChosenVersion, chooseVersion, readAbout, readVersions } from './versions.ts';

export interface ConnectOptions {
  url: string;
  /** PEM text of the certificate authorities to trust; without it those of the system. */
  ca?: string | undefined;
  token: { reveal(): string };
  /** `auto` or a version that must be offered. */
  version: string;
  requestTimeoutMs: number;
  searchTimeoutMs: number;
  budgetShare: number;
  parallelSearches: number;
  /** See `BudgetOptions`. */
  budgetAccount?: BudgetAccount | undefined;
  onSpent?: ((account: BudgetAccount) => void) | undefined;
  pageSize: number;
  /** 0: looked up. */
  ubaAppId: number;
  timing: Timing;
  /** Told once a thing: deprecated version, deprecated calls. */
  onWarning?: (message: string) => void;
  signal?: AbortSignal;
  retry?: RetryPolicy;
  notes?: NotesOptions;
  /** In place of HTTPS. */
  transport?: Transport;
}

export interface RightsReport {
  product: string | undefined;
  version: ChosenVersion;
  caller: Caller;
  rights: RightState[];
  /** Names of required rights that the phase lacks. */
  lacking: string[];
}

/** One console, one token, one version. */
export interface QRadar {
  readonly version: ChosenVersion;
  readonly offenses: Offenses;
  readonly notes: Notes;
  readonly claims: NoteClaims;
  readonly ariel: Ariel;
  readonly budget: QueryBudget;
  readonly rules: Rules;
  readonly sets: ReferenceSets;
  readonly maps: ReferenceMaps;
  readonly inventory: Inventory;
  readonly access: Access;
  readonly uba: Uba;
  /** The console's clock, asked now: UTC epoch milliseconds, to the second below. See `console-clock.ts`. */
  now(signal?: AbortSignal): Promise<number>;
  /** People who must not be tracked, as UBA knows them; empty when UBA has no such set. Fails rather than guesses. */
  usersNotTracked(signal?: AbortSignal): Promise<string[]>;
  checkRights(phase: RightPhase, signal?: AbortSignal): Promise<RightsReport>;
  /** What campaign events need on the console. `ledger`: what was made there before. */
  installer(
    what: { ledger: InstallLedger; identifier: string; ruleName: string },
    signal?: AbortSignal,
  ): Promise<Installer>;
  close(): void;
}

/** Opens the connection: asks for the versions, which also proves address, certificate and token. */
export async function connectQRadar(options: ConnectOptions): Promise<QRadar> {
  const { timing, signal } = options;
  let isOld = false;
  const clock = watchClock(options.transport ?? createTransport({ url: options.url, ca: options.ca }), timing);
  const { transport } = clock;
  try {
    const unversioned = createRequester({
      transport,
      token: options.token,
      timing,
      timeoutMs: options.requestTimeoutMs,
      pageSize: options.pageSize,
      ...(options.retry ? { retry: options.retry } : {}),
      // Of a deprecated version every call is deprecated; once is enough.
      onDeprecated: (call, warning) => {
        if (!isOld) options.onWarning?.(`${call} is deprecated: ${warning}`);
      },
    });
    const version = chooseVersion(options.version, await readVersions(unversioned, signal));
    isOld = version.deprecated;
    if (version.deprecated) options.onWarning?.(`API version ${version.version} is deprecated on this console`);
    const requester = unversioned.withVersion(version.version);
    const { budgetShare: share, parallelSearches: parallel, budgetAccount: account, onSpent } = options;
    const budget = createQueryBudget({ share, parallel, account, onSpent }, timing);
    const directory = onceUntilFailed((sign?: AbortSignal) => readEndpoints(requester, sign));
    const access = createAccess(requester);
    const offersEntries = async (sign?: AbortSignal) =>
      (await directory(sign)).stateOf('GET', '/reference_data_collections/set_entries').isOffered;
    const sets = createReferenceSets(requester, offersEntries);

    return {
      version,
      budget,
      access,
      sets,
      offenses: createOffenses(requester),
      notes: createNotes(requester, options.notes),
      claims: createNoteClaims(requester, offersEntries, clock.latest),
      ariel: createAriel({ requester, budget, timeoutMs: options.searchTimeoutMs }),
      rules: createRules(requester),
      maps: createReferenceMaps(requester),
      inventory: createInventory(requester),
      uba: createUba(requester, options.ubaAppId),
      async now(sign) {
        // Anybody may ask for it, and it says little.
        await readVersions(unversioned, sign);
        return clock.latest();
      },
      async usersNotTracked(sign) {
        const entries = (await sets.read(USERS_NOT_TRACKED, sign)) ?? [];
        return entries.map(({ value }) => value);
      },
      async checkRights(phase, sign) {
        const caller = await access.caller(sign);
        const rights = checkRights(await readOrUnknown(directory, sign));
        const { product } = await readAbout(requester, sign).catch(() => ({ product: undefined }));
        return { product, version, caller, rights, lacking: lackingFor(phase, rights).map(({ name }) => name) };
      },
      installer: async (what, sign) =>
        createInstaller({ ...what, requester, directory: await directory(sign), rules: createRules(requester) }),
      close: () => transport.close(),
    };
  } catch (error) {
    transport.close();
    throw error;
  }
}

/** Remembers the first success; a failure is tried again next time. */
function onceUntilFailed<T>(load: (signal?: AbortSignal) => Promise<T>): (signal?: AbortSignal) => Promise<T> {
  let known: Promise<T> | undefined;
  return (signal) => {
    known ??= load(signal).catch((error) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

async function readOrUnknown(
  directory: (signal?: AbortSignal) => Promise<EndpointDirectory>,
  signal?: AbortSignal,
): Promise<EndpointDirectory | undefined> {
  try {
    return await directory(signal);
  } catch (error) {
    if (hasCode(error, 'QRADAR_FORBIDDEN', 'QRADAR_NOT_FOUND')) return undefined;
    throw error;
  }
}
