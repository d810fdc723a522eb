import type { SenseRecord } from '../domain/context.ts';
import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AccountLink } from '../domain/people.ts';

/** What is asked of the console. Every call may fail, each for itself. */
export interface ContextConsole {
  inventory: {
    domains(signal?: AbortSignal): Promise<{ id: number; name: string; isDeleted: boolean }[]>;
    logSources(signal?: AbortSignal): AsyncGenerator<{ id: number }[]>;
    logSourceTypes(signal?: AbortSignal): Promise<{ id: number; name: string }[]>;
    assets(signal?: AbortSignal): AsyncGenerator<ConsoleAsset[]>;
  };
  offenses: {
    types(signal?: AbortSignal): Promise<{ id: number; name: string }[]>;
    closingReasons(signal?: AbortSignal): Promise<{ id: number; text: string }[]>;
  };
  access: {
    users(signal?: AbortSignal): Promise<{ id: number; username: string }[]>;
    roles(signal?: AbortSignal): Promise<{ id: number; name: string }[]>;
  };
  maps: { readTable(name: string, signal?: AbortSignal): Promise<Map<string, Map<string, string>> | undefined> };
  sets: {
    read(name: string, signal?: AbortSignal): Promise<{ value: string; domainId: number | undefined }[] | undefined>;
  };
  uba: {
    aboveThreshold(signal?: AbortSignal): Promise<{ riskThreshold: number | undefined; users: ConsoleUbaUser[] }>;
    users(usernames: readonly string[], signal?: AbortSignal): Promise<ConsoleUbaUser[]>;
  };
}

export interface ConsoleAsset {
  id: number;
  domainId: number;
  hostnames: string[];
  addresses: string[];
  users: { username: string; lastSeenMs: number | undefined }[];
}

export interface ConsoleUbaUser {
  username: string;
  aliases: string[];
}

/** What is kept of the context. */
export interface ContextStore {
  context: {
    read(kind: string): Promise<{ key: string; body: unknown }[]>;
    replace(kind: string, items: Iterable<readonly [key: string, body: unknown]>, nowMs: number): Promise<void>;
  };
  tracking: {
    knownAccounts(): Promise<{ domain: string; account: string }[]>;
    links(): Promise<AccountLink[]>;
    directory(): Promise<DirectoryRecord[]>;
    addDirectory(records: readonly DirectoryRecord[]): Promise<void>;
  };
  /** Throws DATA_BUSY while records wait to be committed. */
  forgetPeople(who: {
    isGone(domain: string, account: string): boolean;
    isNamedIn(text: string): boolean;
  }): Promise<ForgottenCounts>;
}

export interface ForgottenCounts {
  accounts: number;
  activities: number;
  texts: number;
  deadLetters: number;
  records: number;
}

export interface SensePorts {
  readSense(
    window: { fromMs: number; toMs: number },
    signal?: AbortSignal,
  ): Promise<{ events: SenseRecord[]; unreadable: number; isCut: boolean }>;
  sense: {
    add(events: readonly SenseRecord[]): Promise<number>;
    deleteBefore(timeMs: number): Promise<number>;
  };
  cursors: {
    read(source: string): Promise<unknown>;
    write(source: string, body: object, nowMs: number): Promise<void>;
  };
  /** Nothing is read while it is not known. */
  tracking: { readonly isKnown: boolean; isTracked(domain: string, account: string): boolean };
}
