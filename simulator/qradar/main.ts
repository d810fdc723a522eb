import { AppError, ERROR_CODES, messageOf } from '../../src/domain/errors.ts';
import { HELP, parseArguments } from './parse-arguments.ts';
import { startSimulator } from './start.ts';

async function run(argv: readonly string[]): Promise<void> {
  const options = parseArguments(argv);
  if (options === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const report = (error: unknown): void => {
    process.stderr.write(`simulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  };
  const onProgress = process.stderr.isTTY
    ? (day: string, events: number) => process.stderr.write(`\r${day}  ${events} events `)
    : () => {};
  const simulator = await startSimulator({ ...options, now: Date.now, report, onProgress });
  const { url, caFile, tokens, syslog, truth, directory } = simulator;
  const stop = (): void => {
    simulator.close().then(
      () => process.exit(0),
      (error: unknown) => {
        report(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  if (process.env.UNDERCURRENT_LAUNCHER && process.channel) {
    process.once('disconnect', () => process.exit(137));
    process.channel.unref();
  }
  // Last: whoever reads it may send a signal at once.
  process.stdout.write(`${JSON.stringify({ type: 'ready', url, caFile, tokens, syslog, truth, directory })}\n`);
}

/** Failures of files and ports are bad input too: one line, not a stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof AppError) return ERROR_CODES[error.code].exit;
  return error instanceof Error && 'syscall' in error ? 2 : 1;
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`undercurrent-simulator: ${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
