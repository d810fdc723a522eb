import { readFile } from 'node:fs/promises';
import type { Config } from '../config/load-config.ts';
import { AppError, messageOf } from '../domain/errors.ts';
import type { DirectoryRecord } from '../domain/ingest.ts';
import type { AliasRow } from '../domain/people.ts';
import { parseDay } from '../domain/time.ts';
import { isTimeZone } from '../domain/zone-offset.ts';
import { evidenceAql } from '../features/evidence-aql.ts';
import { isUtc } from '../features/zones.ts';
import { appendEntry } from '../governance/audit-chain.ts';
import type { AuditLog } from '../governance/ports.ts';
import { readAliases } from '../identity/read-aliases.ts';
import { readReferenceTable } from '../identity/read-reference-table.ts';
import { type Analysis, type AnalyzeOptions, type AnalyzePorts, analyze } from '../pipeline/analyze.ts';
import { readBlindSpots } from '../pipeline/pushed-sources.ts';
import { type KnownPerson, resolvePeople } from '../pipeline/resolve-people.ts';
import type { CliContext, DataStore, SharedOptions } from './context.ts';
import { createProgress } from './progress.ts';

/** What the command line gives in place of the configuration. */
export interface AnalysisOverrides {
  from?: number;
  to?: number;
  seed?: number;
  budget?: number;
  minScore?: number;
}

/** An opened data directory with its people resolved. */
export interface AnalysisSession {
  readonly audit: AuditLog;
  readonly options: AnalyzeOptions;
  /** Names may be shown without being asked for: the data directory keeps none secret. */
  readonly open: boolean;
  /** What an analysis works on, without progress. */
  readonly ports: AnalyzePorts;
  /** Offenses as last seen. */
  readonly offenses: DataStore['offenses'];
  /** Accounts of a person, by token. */
  accountsOf(token: bigint): readonly string[];
  analyze(): Promise<Analysis>;
  /** By pseudonym or by any account. */
  findPerson(text: string): KnownPerson | undefined;
  accountOf(pseudonym: string): string;
  /** What the figures cannot see, where QRadar computed them; one text a log source type. */
  blindSpots(): Promise<string[]>;
  /** AQL for what QRadar holds of a person on a day; names accounts. */
  evidenceQuery(pseudonym: string, day: string): string;
  /** Notes in the audit chain that names were shown, before they are. */
  recordReveal(reason: string, command: string, person?: string): Promise<void>;
  close(): Promise<void>;
}

export async function openAnalysis(
  options: SharedOptions & AnalysisOverrides,
  context: CliContext,
): Promise<AnalysisSession> {
  const config = await context.loadConfig(options);
  const names = await loadNameSources(config);
  const store = await context.openStore(config, { create: false });
  try {
    const people = await resolvePeople(
      { ...store.people, directory: async () => [...(await store.people.directory()), ...names.directory] },
      {
        aliases: names.aliases,
        servicePatterns: config.identity.serviceAccountPatterns,
        defaultZone: config.time.zone,
      },
    );
    const byId = new Map([...people.byToken.values()].map((person) => [person.id, person]));
    const byAccount = new Map<string, KnownPerson>();
    for (const person of byId.values())
      for (const account of person.accounts) byAccount.set(account.toLowerCase(), person);
    const resolved: AnalyzeOptions = {
      ...(options.from === undefined ? {} : { fromDay: options.from }),
      ...(options.to === undefined ? {} : { toDay: options.to }),
      budgetPerDay: options.budget ?? config.analysis.alertBudgetPerDay,
      minScore: options.minScore ?? config.analysis.minScore,
      seed: options.seed ?? config.analysis.seed,
      minimumPeers: config.analysis.minimumPeers,
    };
    const ports: AnalyzePorts = {
      database: store.duck,
      people: people.byToken,
      zones: people.zones,
      calendar: { holidays: new Set(config.time.holidays.map((day) => parseDay(day)!)) },
      elapsedMs: () => performance.now(),
      signal: context.signal,
    };
    return {
      ports,
      offenses: store.offenses,
      accountsOf: (token) => people.byToken.get(token)?.accounts ?? [],
      audit: store.audit,
      options: resolved,
      open: config.storage.encryption === 'off',
      async analyze() {
        const progress = createProgress(context, { label: 'features', unit: 'steps' });
        try {
          return await analyze(
            {
              ...ports,
              onProgress(stage, done, total) {
                progress.label(stage);
                progress.update(done, total);
              },
            },
            resolved,
          );
        } finally {
          progress.end();
        }
      },
      findPerson: (text) => byId.get(text) ?? byAccount.get(text.toLowerCase()),
      accountOf: (pseudonym) => byId.get(pseudonym)?.primaryAccount ?? pseudonym,
      blindSpots: () => readBlindSpots(store.cursors),
      evidenceQuery: (pseudonym, day) =>
        evidenceAql(byId.get(pseudonym)?.accounts ?? [], parseDay(day)!, !people.zones.every(isUtc)),
      async recordReveal(reason, command, person) {
        await appendEntry(
          store.audit,
          'person-revealed',
          { command, reason: reason.slice(0, 500), ...(person ? { person } : {}) },
          context.now(),
        );
      },
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What files say about who is who, beside the data directory. Throws INPUT_NOT_FOUND or INPUT_INVALID. */
export async function loadNameSources(config: Config): Promise<{ aliases: AliasRow[]; directory: DirectoryRecord[] }> {
  const { aliasesFile, referenceTables } = config.identity;
  return { aliases: await loadAliases(aliasesFile), directory: await loadReferenceTables(referenceTables) };
}

async function readText(key: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('INPUT_NOT_FOUND', `${key} ${file} cannot be read: ${messageOf(error)}`);
  }
}

async function loadReferenceTables(files: readonly string[]): Promise<DirectoryRecord[]> {
  const records: DirectoryRecord[] = [];
  for (const file of files) {
    const result = readReferenceTable(await readText('identity.referenceTables', file), isTimeZone);
    if ('problem' in result) throw new AppError('INPUT_INVALID', `${file}: ${result.problem}`);
    records.push(...result.records);
  }
  return records;
}

async function loadAliases(file: string): Promise<AliasRow[]> {
  if (file === '') return [];
  const { rows, problems } = readAliases(await readText('identity.aliasesFile', file));
  const first = problems[0];
  if (first) throw new AppError('INPUT_INVALID', `${file} line ${first.line}: ${first.reason}`);
  return rows;
}
