import type { Command } from 'commander';
import type { Config } from '../config/load-config.ts';
import type { openDataStore } from '../store/open-data-store.ts';

/** The store as opened for one command. The type is all a command knows of it; `src/adapters.ts` opens it. */
export type DataStore = Awaited<ReturnType<typeof openDataStore>>;

/** Options that every command understands (see `addSharedOptions`). */
export interface SharedOptions {
  config?: string;
  data?: string;
  json?: boolean;
}

/** Standard output. `write` resolves when the reader has room again; rejects with STOPPED when the reader has gone. */
export interface Output {
  write(text: string): Promise<void>;
  /** Columns when it is a terminal, else 0. */
  readonly columns: number;
  /** The reader has gone. */
  readonly closed: boolean;
}

/** Structured log on standard error. Fields named like secrets are masked. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a command may use of the outside world. Built once in `src/main.ts`, by hand in tests. */
export interface CliContext {
  stdout: Output;
  /** Standard error, for people: progress and one-line messages. */
  stderr: { write(text: string): void; readonly isTTY: boolean; readonly columns: number };
  env: Readonly<Record<string, string | undefined>>;
  /** Wall clock, UTC epoch milliseconds. */
  now(): number;
  /** Aborted by the first SIGINT or SIGTERM: stop at the next safe point and throw AppError('STOPPED'). */
  signal: AbortSignal;
  /** File, environment and `--data` joined and checked; throws CONFIG_INVALID with every problem in the message. */
  loadConfig(options: SharedOptions): Promise<Config>;
  createLogger(config: Config): Promise<Logger>;
  /** Opens `config.data.directory`. With `create: false` throws NO_DATA when there is none. The caller closes it. */
  openStore(config: Config, options: { create: boolean }): Promise<DataStore>;
}

/** Each command file exports one of these: `register<Name>(program, context)`. Load heavy modules inside the action. */
export type RegisterCommand = (program: Command, context: CliContext) => void;

/** Adds `--config`, `--data` and `--json` to a command. */
export function addSharedOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (YAML)')
    .option('--data <directory>', 'data directory, in place of data.directory of the configuration')
    .option('--json', 'print JSON lines on standard output and nothing else there');
}
