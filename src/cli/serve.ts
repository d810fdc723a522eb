import { type Command, Option } from 'commander';
import type { Config } from '../config/load-config.ts';
import {
  addSharedOptions,
  type CliContext,
  type DataStore,
  type Logger,
  type RegisterCommand,
  type SharedOptions,
} from './context.ts';
import { formatJsonLine } from './output.ts';

/** The running service, as the command needs it; `src/service` has the real one. */
export interface RunningService {
  url: string;
  syslog: { udp: number | undefined; tcp: number | undefined; tls: number | undefined } | undefined;
  run(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export type OpenService = (options: {
  config: Config;
  store: DataStore;
  log: Logger;
  now(): number;
}) => Promise<RunningService>;

/** `undercurrent serve`. */
export function registerServe(open: OpenService): RegisterCommand {
  return (program: Command, context: CliContext) => {
    addSharedOptions(program.command('serve'))
      .description(
        'read QRadar and syslog, score behaviour and explain UBA offenses until stopped; health, readiness and metrics on loopback',
      )
      .addOption(new Option('--phase <phase>', 'in place of rollout.phase').choices(['assist', 'enrich']))
      .action((options: ServeOptions) => runServe(options, context, open));
  };
}

type ServeOptions = SharedOptions & { phase?: Config['rollout']['phase'] };

async function runServe(options: ServeOptions, context: CliContext, open: OpenService): Promise<void> {
  const loaded = await context.loadConfig(options);
  const config: Config = options.phase ? { ...loaded, rollout: { ...loaded.rollout, phase: options.phase } } : loaded;
  const log = await context.createLogger(config);
  const store = await context.openStore(config, { create: true });
  try {
    const service = await open({ config, store, log, now: context.now });
    try {
      await context.stdout.write(options.json ? readyLine(service, config) : readyText(service, config));
      await service.run(context.signal);
    } finally {
      await service.close();
    }
  } finally {
    await store.close();
  }
  log.info({}, 'stopped');
}

const readyLine = ({ url, syslog }: RunningService, { rollout }: Config): string =>
  formatJsonLine({ type: 'ready', url, phase: rollout.phase, ...(syslog ? { syslog } : {}) });

function readyText({ url, syslog }: RunningService, { rollout, qradar }: Config): string {
  const ports = Object.entries(syslog ?? {}).flatMap(([name, port]) => (port === undefined ? [] : [`${name} ${port}`]));
  return [
    `Phase ${rollout.phase}: ${rollout.phase === 'assist' ? 'nothing is written to QRadar' : 'notes are put on offenses of UBA'}.`,
    qradar.url === '' ? 'No QRadar is configured.' : `QRadar ${qradar.url}`,
    ...(ports.length > 0 ? [`Syslog on ${ports.join(', ')}`] : []),
    `Health ${url}/health, readiness ${url}/ready, metrics ${url}/metrics, findings ${url}/findings`,
    'Ctrl-C stops.\n',
  ].join('\n');
}
