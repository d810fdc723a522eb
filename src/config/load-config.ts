import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError, messageOf } from '../domain/errors.ts';
import { type ConfigProblem, MAX_CONFIG_BYTES, readSettings } from './read-settings.ts';
import type { Settings } from './schema.ts';
import { Secret } from './secrets.ts';

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** The whole configuration, frozen. Paths are absolute. */
export type Config = Frozen<Omit<Settings, 'qradar'>> & {
  readonly qradar: Frozen<Settings['qradar']> & { readonly token: Secret | undefined };
};

export interface LoadOptions {
  /** Path of the YAML file; without it the defaults hold. */
  file?: string | undefined;
  /** In place of `data.directory`; relative to the working directory. */
  dataDirectory?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  workingDirectory?: string;
}

export type ConfigResult = { ok: true; config: Config } | { ok: false; problems: ConfigProblem[] };

/** Environment variables that carry what must not stand in the file. Each may be given as NAME_FILE, a file to read. */
export const SECRET_VARIABLES = {
  UNDERCURRENT_QRADAR_TOKEN: 'Token of the QRadar authorized service.',
} as const;
export const PATH_VARIABLES = { UNDERCURRENT_KEY_FILE: 'In place of storage.keyFile.' } as const;

/** Reads file and environment once. Content problems are returned; a file that cannot be read throws INPUT_NOT_FOUND. */
export async function checkConfig(options: LoadOptions): Promise<ConfigResult> {
  const workingDirectory = options.workingDirectory ?? process.cwd();
  const file = options.file === undefined ? undefined : resolve(workingDirectory, options.file);
  const result = readSettings(file === undefined ? '' : await readText(file, MAX_CONFIG_BYTES));
  const token = await readSecret('UNDERCURRENT_QRADAR_TOKEN', options.env);
  const problems = [...(result.ok ? [] : result.problems), ...('accepted' in token ? [token] : [])];
  if (!result.ok || 'accepted' in token) return { ok: false, problems };

  const { settings } = result;
  const base = file === undefined ? workingDirectory : dirname(file);
  const fromFile = (path: string) => (path === '' ? '' : resolve(base, path));
  const keyFile = options.env.UNDERCURRENT_KEY_FILE;
  const config: Config = {
    ...settings,
    data: {
      directory: options.dataDirectory
        ? resolve(workingDirectory, options.dataDirectory)
        : fromFile(settings.data.directory),
    },
    storage: {
      ...settings.storage,
      keyFile: keyFile ? resolve(workingDirectory, keyFile) : fromFile(settings.storage.keyFile),
      duckdbExtension: fromFile(settings.storage.duckdbExtension),
    },
    identity: {
      ...settings.identity,
      aliasesFile: fromFile(settings.identity.aliasesFile),
      referenceTables: settings.identity.referenceTables.map(fromFile),
    },
    syslog: {
      ...settings.syslog,
      certFile: fromFile(settings.syslog.certFile),
      keyFile: fromFile(settings.syslog.keyFile),
      clientCaFile: fromFile(settings.syslog.clientCaFile),
    },
    qradar: { ...settings.qradar, caFile: fromFile(settings.qradar.caFile), token: token.secret },
    writeback: { ...settings.writeback, syslogCaFile: fromFile(settings.writeback.syslogCaFile) },
  };
  const crossed = checkTogether(config);
  return crossed.length > 0 ? { ok: false, problems: crossed } : { ok: true, config: freezeDeep(config) };
}

/** As `checkConfig`, but throws CONFIG_INVALID with every problem in the message. */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const result = await checkConfig(options);
  if (result.ok) return result.config;
  throw new AppError(
    'CONFIG_INVALID',
    result.problems.map((problem) => formatProblem(problem, options.file)).join('\n'),
  );
}

/** One problem on one line: where, key, value, what is accepted. */
export function formatProblem(problem: ConfigProblem, file = 'configuration'): string {
  const place = problem.line === undefined ? file : `${file}:${problem.line}:${problem.column ?? 1}`;
  const key = problem.key === '' ? '' : `${problem.key} `;
  const value = problem.value === '' ? '' : `is ${problem.value}; `;
  if (problem.unknown) return `${place}: ${key}${value}there is no such key; accepted: ${problem.accepted}`;
  return `${place}: ${key}${value}accepted: ${problem.accepted}`;
}

/** Rules that join two settings. */
function checkTogether(config: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { tlsPort, certFile, keyFile } = config.syslog;
  if (tlsPort > 0 && (certFile === '' || keyFile === ''))
    problems.push({
      key: certFile === '' ? 'syslog.certFile' : 'syslog.keyFile',
      value: '""',
      accepted: 'the path of a PEM file, because syslog.tlsPort is set',
    });
  if (config.storage.encryption === 'required' && config.storage.duckdbExtension === '')
    problems.push({
      key: 'storage.duckdbExtension',
      value: '""',
      accepted: 'the path of the httpfs extension, because storage.encryption is required',
    });
  return problems;
}

async function readSecret(
  name: keyof typeof SECRET_VARIABLES,
  env: LoadOptions['env'],
): Promise<{ secret: Secret | undefined } | ConfigProblem> {
  const direct = env[name];
  const file = env[`${name}_FILE`];
  if (direct && file) return { key: name, value: '', accepted: `either ${name} or ${name}_FILE, not both` };
  const text = (file ? await readText(file, 65_536) : (direct ?? '')).trim();
  if (text === '') {
    if (!file) return { secret: undefined };
    return { key: `${name}_FILE`, value: JSON.stringify(file), accepted: 'a file with the secret in it' };
  }
  // Goes into an HTTP header: printable ASCII only.
  if (!/^[\x21-\x7e]{1,4096}$/.test(text))
    return { key: name, value: '(hidden)', accepted: 'up to 4096 printable characters without spaces' };
  return { secret: new Secret(text) };
}

async function readText(path: string, maxBytes: number): Promise<string> {
  try {
    const info = await stat(path);
    if (!info.isFile() && !info.isFIFO()) throw new Error('not a file');
    if (info.size > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new AppError('INPUT_NOT_FOUND', `cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return messageOf(error);
}

function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) freezeDeep(child);
  }
  return value;
}
