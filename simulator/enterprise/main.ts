import { AppError, ERROR_CODES, messageOf } from '../../src/domain/errors.ts';
import { generateEnterprise } from './generate.ts';
import { HELP, parseArguments } from './parse-arguments.ts';
import { writeEnterprise } from './write-enterprise.ts';

function run(argv: readonly string[]): number {
  const options = parseArguments(argv);
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const started = performance.now();
  const { days } = options.enterprise;
  let done = 0;
  const showDay = (day: string, activities: number): void => {
    done++;
    process.stderr.write(`\r${day}  ${Math.round((100 * done) / days)} %  ${activities} activities`);
  };
  const enterprise = generateEnterprise(options.enterprise);
  const total = writeEnterprise(enterprise, { ...options.write, ...(process.stderr.isTTY ? { onDay: showDay } : {}) });
  if (process.stderr.isTTY) process.stderr.write('\n');
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    `${JSON.stringify({ type: 'enterprise', people: enterprise.company.people.length, days, ...total, seconds: Math.round(seconds * 10) / 10 })}\n`,
  );
  return 0;
}

/** File system failures are bad input too: one line, not a stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof AppError) return ERROR_CODES[error.code].exit;
  return error instanceof Error && 'syscall' in error ? 2 : 1;
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`enterprise: ${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
