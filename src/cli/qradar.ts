import type { Command } from 'commander';
import { Option } from 'commander';
import type { Config } from '../config/load-config.ts';
import { AppError } from '../domain/errors.ts';
import type { QRadar, RightsReport } from '../qradar/connect.ts';
import { addSharedOptions, type CliContext, type RegisterCommand, type SharedOptions } from './context.ts';
import { escapeText } from './escape-text.ts';
import { formatJsonLine } from './output.ts';
import { type Ask, addInstallCommands, type CreateLedger } from './qradar-install.ts';
import { formatTable } from './table.ts';

/** Opens the connection that the configuration describes; `src/adapters.ts` has the real one. */
export type ConnectQRadar = (
  config: Config,
  options: { now(): number; signal: AbortSignal; onWarning(message: string): void },
) => Promise<QRadar>;

type Phase = 'assist' | 'enrich';
type CheckOptions = SharedOptions & { phase: Phase };

const DAY_MS = 86_400_000;
const EXPIRES_SOON_MS = 30 * DAY_MS;

/** `undercurrent qradar check`, `install` and `uninstall`. */
export function registerQRadar(connect: ConnectQRadar, createLedger?: CreateLedger, ask?: Ask): RegisterCommand {
  return (program: Command, context: CliContext) => {
    const qradar = program
      .command('qradar')
      .description('check the connection to QRadar, and prepare it for campaign events');
    addSharedOptions(qradar.command('check'))
      .description('show what the token may do, and what each missing right costs; exits 2 when the phase lacks one')
      .addOption(
        new Option('--phase <phase>', 'assist: read only; enrich: notes as well')
          .choices(['assist', 'enrich'])
          .default('assist'),
      )
      .action((options: CheckOptions) => runCheck(options, context, connect));
    if (createLedger) addInstallCommands(qradar, context, connect, createLedger, ask);
  };
}

async function runCheck(options: CheckOptions, context: CliContext, connect: ConnectQRadar): Promise<void> {
  const config = await context.loadConfig(options);
  const warnings: string[] = [];
  const onWarning = (message: string) => void warnings.push(message);
  const qradar = await connect(config, { now: context.now, signal: context.signal, onWarning });
  try {
    const report = await qradar.checkRights(options.phase, context.signal);
    warnings.push(...warnOfExpiry(report, context.now()));
    await context.stdout.write(
      options.json
        ? formatLines(report, options.phase, warnings)
        : formatReport(report, options.phase, warnings, config.qradar.url),
    );
    if (report.lacking.length > 0)
      throw new AppError(
        'QRADAR_RIGHTS_MISSING',
        `the token lacks what phase ${options.phase} needs: ${report.lacking.join(', ')}`,
      );
  } finally {
    qradar.close();
  }
}

function warnOfExpiry({ caller }: RightsReport, nowMs: number): string[] {
  if (caller.expiresMs === undefined || caller.expiresMs - nowMs > EXPIRES_SOON_MS) return [];
  const days = Math.max(0, Math.floor((caller.expiresMs - nowMs) / DAY_MS));
  return [`the token ends in ${days} ${days === 1 ? 'day' : 'days'}`];
}

function formatLines(report: RightsReport, phase: Phase, warnings: readonly string[]): string {
  const { product, version, caller, rights, lacking } = report;
  const connection = {
    type: 'qradar',
    product: product ?? null,
    version: version.version,
    deprecated: version.deprecated,
    caller: { kind: caller.kind, name: caller.name ?? null, role: caller.role?.name ?? null },
    expires: caller.expiresMs === undefined ? null : new Date(caller.expiresMs).toISOString(),
    domains: caller.profile?.domainIds ?? null,
    warnings,
  };
  const lines = rights.map(({ name, isRequired, ...right }) => ({
    type: 'right',
    name,
    required: isRequired,
    ...right,
  }));
  return [connection, ...lines, { type: 'check', phase, ok: lacking.length === 0, lacking }]
    .map((line) => formatJsonLine(line))
    .join('');
}

function formatReport(report: RightsReport, phase: Phase, warnings: readonly string[], url: string): string {
  const { product, version, caller, rights } = report;
  const who =
    caller.kind === 'unknown'
      ? 'the console does not say who the token belongs to'
      : `${caller.kind === 'service' ? 'authorized service' : 'user'} "${caller.name}"${caller.role ? `, role "${caller.role.name}"` : ''}`;
  const head = [
    `${url}: QRadar${product ? ` ${product}` : ''}, API version ${version.version}${version.deprecated ? ' (deprecated)' : ''}`,
    who,
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
  const table = formatTable(
    [
      { title: 'right' },
      { title: 'for phase' },
      { title: 'needed' },
      { title: 'state' },
      { title: 'without it', maxWidth: 70 },
    ],
    rights.map((right) => [
      right.name,
      right.phase,
      right.isRequired ? 'yes' : 'no',
      right.grant,
      right.grant === 'granted' ? undefined : right.loss,
    ]),
  );
  const missing = rights.flatMap((right) => (right.grant === 'missing' ? right.missing : []));
  const tail = missing.length > 0 ? ['', `not allowed: ${missing.join(', ')}`] : [];
  const verdict = report.lacking.length === 0 ? ['', `phase ${phase}: all that is needed is granted`] : [];
  const lines = (texts: readonly string[]) => texts.map((text) => `${escapeText(text, 1000)}\n`).join('');
  return `${lines(head)}\n${table}${lines([...tail, ...verdict])}`;
}
