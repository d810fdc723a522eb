import { Command } from 'commander';
import type { CliContext, RegisterCommand } from './context.ts';
import { describeFailure } from './failure.ts';

/** One command of `undercurrent`, loaded only when it is asked for, so that `--help` is quick. */
export interface CommandEntry {
  name: string;
  /** Shown in `undercurrent --help`. */
  summary: string;
  load(): Promise<RegisterCommand>;
}

export interface ProgramOptions {
  version: string;
  commands: readonly CommandEntry[];
}

/** Runs one command line (without node and script) and returns the exit code. Never throws. */
export async function runProgram(
  args: readonly string[],
  context: CliContext,
  options: ProgramOptions,
): Promise<number> {
  const debug = args.includes('--debug');
  try {
    const program = await createProgram(args, context, options);
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    const failure = describeFailure(error, debug);
    if (failure.text !== '' && !context.stdout.closed) context.stderr.write(failure.text);
    return failure.exit;
  }
}

async function createProgram(args: readonly string[], context: CliContext, options: ProgramOptions): Promise<Command> {
  const program = new Command('undercurrent');
  program
    .description('Learns who behaves like whom, scores what is unusual, and says why in figures.')
    .version(options.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('--debug', 'print stack traces of failures')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text).catch(() => {}),
      // Usage errors: describeFailure prints the one line.
      writeErr: () => {},
      outputError: () => {},
    });
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  const name = wanted[0] === 'help' ? wanted[1] : wanted[0];
  for (const command of options.commands) {
    if (command.name === name) (await command.load())(program, context);
    else program.command(command.name).description(command.summary);
  }
  return program;
}
