import { AppError } from '../domain/errors.ts';
import type { CliContext } from './context.ts';
import { createOutput } from './output.ts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** As a process that dies of a closed pipe. */
const EXIT_READER_GONE = 141;

/**
 * The context of the running process. The first SIGINT, SIGTERM or SIGHUP, or a reader of standard output that goes away,
 * aborts `signal`; a second signal ends the process at once.
 */
export function createContext(openStore: CliContext['openStore']): {
  context: CliContext;
  /** The exit code to leave with: that of the signal when one arrived and the command did not finish. */
  exitCodeOf(code: number): number;
} {
  const stopping = new AbortController();
  let stoppedBy: number | undefined;
  const stop = (exit: number, message: string) => {
    if (stoppedBy !== undefined && exit !== EXIT_READER_GONE) process.exit(exit);
    stoppedBy ??= exit;
    stopping.abort(new AppError('STOPPED', message));
  };
  for (const [name, exit] of Object.entries(SIGNALS)) process.on(name, () => stop(exit, `stopped by ${name}`));
  // Nobody is left to tell: a closed standard error must not end the work.
  process.stderr.on('error', () => {});

  const context: CliContext = {
    stdout: createOutput(process.stdout, () => stop(EXIT_READER_GONE, 'the reader of the output has gone')),
    stderr: {
      write: (text) => void process.stderr.write(text),
      isTTY: process.stderr.isTTY === true,
      columns: process.stderr.columns ?? 0,
    },
    env: process.env,
    now: Date.now,
    signal: stopping.signal,
    async loadConfig(options) {
      const { loadConfig } = await import('../config/load-config.ts');
      return loadConfig({ file: options.config, dataDirectory: options.data, env: process.env });
    },
    async createLogger(config) {
      const { createLogger } = await import('./logger.ts');
      const secrets = config.qradar.token ? [config.qradar.token] : [];
      return createLogger({ level: config.log.level, write: context.stderr.write, now: Date.now, secrets });
    },
    openStore,
  };
  return { context, exitCodeOf: (code) => (code !== 0 && stoppedBy !== undefined ? stoppedBy : code) };
}
