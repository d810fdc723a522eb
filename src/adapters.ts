import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config } from './config/load-config.ts';
import { AppError, messageOf } from './domain/errors.ts';
import { connectQRadar, type QRadar } from './qradar/connect.ts';
import type { BudgetAccount } from './qradar/query-budget.ts';
import { sleepFor } from './qradar/timing.ts';
import { type DataStore, openDataStore } from './store/open-data-store.ts';
import { createSyslogSender, type SyslogSender } from './syslog/send.ts';

export { createInstallLedger } from './qradar/install/ledger.ts';

export interface OpenOptions {
  /** Make the data directory when it is absent. */
  create: boolean;
  /** Told once when another process owns the directory and waiting begins. */
  onWait(message: string): void;
}

/** Joins configuration and store. Loaded only by commands that open the data directory. */
export function openStore(config: Config, options: OpenOptions): Promise<DataStore> {
  const { encryption, keyFile, duckdbExtension, memoryLimitMb } = config.storage;
  const { directory } = config.data;
  return openDataStore({ directory, encryption, keyFile, duckdbExtension, memoryLimitMb, ...options });
}

export interface ConnectOptions {
  now(): number;
  signal: AbortSignal;
  onWarning(message: string): void;
  /** Where the query budget is kept between processes. */
  budgetAccount?: BudgetAccount | undefined;
  onSpent?(account: BudgetAccount): void;
}

/** Joins configuration and the QRadar client. Throws QRADAR_NOT_CONFIGURED without address or token. */
export async function openQRadar({ qradar }: Config, options: ConnectOptions): Promise<QRadar> {
  if (qradar.url === '') throw new AppError('QRADAR_NOT_CONFIGURED', 'qradar.url is not set');
  if (!qradar.token)
    throw new AppError('QRADAR_NOT_CONFIGURED', 'there is no token; set UNDERCURRENT_QRADAR_TOKEN or its _FILE');
  return connectQRadar({
    ...qradar,
    token: qradar.token,
    ca: qradar.caFile === '' ? undefined : await readCertificates(qradar.caFile, 'qradar.caFile'),
    requestTimeoutMs: qradar.requestTimeoutSeconds * 1000,
    searchTimeoutMs: qradar.searchTimeoutMinutes * 60_000,
    timing: { now: options.now, sleep: sleepFor, random: () => randomInt(2 ** 32) / 2 ** 32 },
    onWarning: options.onWarning,
    signal: options.signal,
    budgetAccount: options.budgetAccount,
    onSpent: options.onSpent,
  });
}

/** Joins configuration and the sender of campaign events. */
export async function openSyslogSender({ writeback }: Config): Promise<SyslogSender> {
  const { syslogHost: host, syslogPort: port, syslogProtocol: protocol, syslogCaFile } = writeback;
  const ca = syslogCaFile === '' ? undefined : await readCertificates(syslogCaFile, 'writeback.syslogCaFile');
  return createSyslogSender({ host, port, protocol, ca });
}

/** A file without a certificate in it would be taken as "trust nobody" or worse; it is refused by name. */
async function readCertificates(path: string, setting: string): Promise<string> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    throw new AppError('INPUT_NOT_FOUND', `cannot read ${setting} ${path}: ${messageOf(error)}`, { cause: error });
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new AppError('INPUT_INVALID', `${setting} ${path} holds no PEM certificate`);
  return pem;
}
