import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createContext } from './cli/create-context.ts';
import { followLauncher } from './cli/follow-launcher.ts';
import { flushStream } from './cli/output.ts';
import { type CommandEntry, runProgram } from './cli/program.ts';

const COMMANDS: CommandEntry[] = [
  {
    name: 'import',
    summary: 'read log files into the data directory',
    load: async () => (await import('./cli/import.ts')).registerImport,
  },
  {
    name: 'analyze',
    summary: 'rank the unusual person-days and say why',
    load: async () => (await import('./cli/analyze.ts')).registerAnalyze,
  },
  {
    name: 'show',
    summary: "print one person's profile: rhythm, volumes, peers, anomalies",
    load: async () => (await import('./cli/show.ts')).registerShow,
  },
  {
    name: 'serve',
    summary: 'watch QRadar and syslog, score behaviour, explain UBA offenses',
    load: async () =>
      (await import('./cli/serve.ts')).registerServe(async (options) => {
        const { openService } = await import('./service/open-service.ts');
        const random = () => randomInt(2 ** 32) / 2 ** 32;
        return openService({ ...options, version: readVersion(), random });
      }),
  },
  {
    name: 'evaluate',
    summary: 'measure a detector on labelled data',
    load: async () => (await import('./cli/evaluate.ts')).registerEvaluate,
  },
  {
    name: 'backtest',
    summary: 'replay stored history day by day, with planted insiders if asked',
    load: async () => (await import('./cli/backtest.ts')).registerBacktest,
  },
  {
    name: 'config',
    summary: 'check the configuration, or print an example',
    load: async () => (await import('./cli/config.ts')).registerConfig,
  },
  {
    name: 'data',
    summary: 'look after the data directory',
    load: async () => (await import('./cli/data.ts')).registerData,
  },
  {
    name: 'audit',
    summary: 'verify the audit chain',
    load: async () => (await import('./cli/audit.ts')).registerAudit,
  },
  {
    name: 'qradar',
    summary: 'check the connection to QRadar and the rights of the token; install what campaigns need',
    load: async () =>
      (await import('./cli/qradar.ts')).registerQRadar(
        async (...args) => (await import('./adapters.ts')).openQRadar(...args),
        (await import('./adapters.ts')).createInstallLedger,
      ),
  },
];

/** The sources stand one folder below package.json, the build two. */
function readVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      return String(JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')).version);
    } catch {
      // Next place.
    }
  }
  return 'unknown';
}

followLauncher();
const { context, exitCodeOf } = createContext(async (config, { create }) => {
  const { openStore } = await import('./adapters.ts');
  const onWait = (message: string) => context.stderr.write(`undercurrent: waiting: ${message}\n`);
  return openStore(config, { create, onWait });
});
const code = await runProgram(process.argv.slice(2), context, { version: readVersion(), commands: COMMANDS });
await flushStream(process.stdout);
process.exit(exitCodeOf(code));
