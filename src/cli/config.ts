import type { Command } from 'commander';
import { AppError } from '../domain/errors.ts';
import type { CliContext } from './context.ts';
import { createJsonLines } from './output.ts';

/** `undercurrent config check` and `undercurrent config example`. */
export function registerConfig(program: Command, context: CliContext): void {
  const config = program.command('config').description('check the configuration, or print an example');
  config
    .command('check')
    .description('read a configuration and print every problem by key, value and what is accepted')
    .requiredOption('--config <file>', 'configuration file (YAML)')
    .option('--json', 'print JSON lines on standard output and nothing else there')
    .action((options: { config: string; json?: boolean }) => checkConfiguration(options, context));
  config
    .command('example')
    .description('print a commented configuration with every setting at its default')
    .action(async () => {
      const { formatExample } = await import('../config/format-example.ts');
      await context.stdout.write(formatExample());
    });
}

async function checkConfiguration(options: { config: string; json?: boolean }, context: CliContext): Promise<void> {
  const { checkConfig, formatProblem } = await import('../config/load-config.ts');
  const result = await checkConfig({ file: options.config, env: context.env });
  const problems = result.ok ? [] : result.problems;
  if (options.json) {
    const lines = createJsonLines(context.stdout);
    for (const problem of problems) await lines.write({ type: 'problem', ...problem });
    await lines.write({ type: 'config', ok: result.ok, problems: problems.length });
    await lines.end();
  }
  if (!result.ok)
    throw new AppError('CONFIG_INVALID', problems.map((problem) => formatProblem(problem, options.config)).join('\n'));
  if (!options.json) await context.stdout.write(`${options.config}: no problem found\n`);
}
