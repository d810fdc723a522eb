import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { Config } from '../config/load-config.ts';
import { AppError } from '../domain/errors.ts';
import { appendEntry } from '../governance/audit-chain.ts';
import type { QRadar } from '../qradar/connect.ts';
import type { Installer, InstallPlan, InstallStep, RuleState } from '../qradar/install/installer.ts';
import type { InstallLedger, LedgerStore } from '../qradar/install/ledger.ts';
import { consoleIdentity } from '../writeback/finding-id.ts';
import { addSharedOptions, type CliContext, type DataStore, type SharedOptions } from './context.ts';
import { escapeText } from './escape-text.ts';
import { formatJsonLine } from './output.ts';
import { formatTable } from './table.ts';

export type CreateLedger = (store: LedgerStore, console: string, now: () => number) => InstallLedger;
type Connect = (
  config: Config,
  options: { now(): number; signal: AbortSignal; onWarning(message: string): void },
) => Promise<QRadar>;
type InstallOptions = SharedOptions & { dryRun?: boolean; yes?: boolean };
type Verb = 'install' | 'uninstall';

/** Asks on the terminal; `undefined` when there is none. */
export type Ask = (question: string) => Promise<boolean | undefined>;

const askTerminal: Ask = async (question) => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
};

/** `undercurrent qradar install` and `uninstall`. */
export function addInstallCommands(
  qradar: Command,
  context: CliContext,
  connect: Connect,
  createLedger: CreateLedger,
  ask: Ask = askTerminal,
): void {
  const add = (verb: Verb, description: string) =>
    addSharedOptions(qradar.command(verb))
      .description(description)
      .option('--dry-run', 'print what would be done and change nothing')
      .option('--yes', 'do it without asking')
      .action((options: InstallOptions) => run(verb, options, context, connect, createLedger, ask));
  add('install', 'make what campaign events need on the console: log source, events, custom properties, reference set');
  add('uninstall', 'remove from the console what install made there');
}

async function run(
  verb: Verb,
  options: InstallOptions,
  context: CliContext,
  connect: Connect,
  createLedger: CreateLedger,
  ask: Ask,
): Promise<void> {
  const config = await context.loadConfig(options);
  const store = await context.openStore(config, { create: true });
  try {
    const { now, signal } = context;
    const onWarning = (message: string) => context.stderr.write(`warning: ${escapeText(message, 500)}\n`);
    const qradar = await connect(config, { now, signal, onWarning });
    try {
      const ledger = createLedger(store.cursors, consoleIdentity(config.qradar.url), now);
      const { identifier, ruleName } = config.writeback;
      const installer = await qradar.installer({ ledger, identifier, ruleName }, signal);
      await perform(verb, options, context, { config, store, installer, ask });
    } finally {
      qradar.close();
    }
  } finally {
    await store.close();
  }
}

interface Work {
  config: Config;
  store: DataStore;
  installer: Installer;
  ask: Ask;
}

const isChange = ({ action }: InstallStep): boolean => action !== 'keep' && action !== 'leave';

async function perform(verb: Verb, options: InstallOptions, context: CliContext, work: Work): Promise<void> {
  const { config, store, installer, ask } = work;
  const { signal, stdout } = context;
  const plan = await (verb === 'install' ? installer.planInstall(signal) : installer.planUninstall(signal));
  await stdout.write(options.json ? plan.steps.map(planLine).join('') : formatPlan(verb, plan, config));
  if (plan.missingRights.length > 0)
    throw new AppError('QRADAR_RIGHTS_MISSING', `the token may not call ${plan.missingRights.join(', ')}`);
  const changes = plan.steps.filter(isChange).length;
  let done = 0;
  if (!options.dryRun && changes > 0) {
    const answer =
      options.yes || (await ask(`${verb === 'install' ? 'Make' : 'Remove'} this on ${config.qradar.url}?`));
    if (answer === undefined) throw new AppError('USAGE', 'nothing was changed; add --yes to do it, or --dry-run');
    if (!answer) throw new AppError('STOPPED', 'nothing was changed');
    const onChange = (step: InstallStep): void => {
      done += 1;
      if (!options.json) context.stderr.write(`${step.action}: ${step.kind} ${escapeText(step.name, 100)}\n`);
    };
    try {
      await (verb === 'install' ? installer.install(onChange, signal) : installer.uninstall(onChange, signal));
    } finally {
      if (done > 0) await appendEntry(store.audit, `qradar.${verb}`, { changes: done }, context.now());
    }
  }
  const rule = await installer.ruleState(signal);
  const { ruleName } = config.writeback;
  await stdout.write(
    options.json
      ? formatJsonLine({ type: verb, planned: changes, changed: done, dryRun: options.dryRun ?? false, rule, ruleName })
      : formatEnd(verb, changes, done, rule, config),
  );
}

const planLine = (step: InstallStep): string => formatJsonLine({ type: 'step', ...step, reason: step.reason ?? null });

function formatPlan(verb: Verb, { steps }: InstallPlan, { qradar }: Config): string {
  if (steps.length === 0) return verb === 'install' ? '' : `Nothing of Undercurrent is on ${qradar.url}.\n`;
  const rows = steps.map(({ action, kind, name, reason }) => [action, kind, name, reason ?? '']);
  const titles = ['action', 'what', 'name', 'why'].map((title) => ({ title, maxWidth: 70 }));
  return `${qradar.url}\n\n${formatTable(titles, rows)}\n`;
}

const RULE_WORDS: Record<RuleState, (name: string) => string> = {
  enabled: (name) => `The rule "${name}" is there and enabled.`,
  disabled: (name) => `The rule "${name}" is there but disabled: enable it, or events raise no offense.`,
  missing: (name) =>
    `Left to do by hand: the rule "${name}", which no call can make. The steps are in deploy/qradar/README.md; run this again to check.`,
  unknown: (name) => `Whether the rule "${name}" is there cannot be seen with this token.`,
};

function formatEnd(verb: Verb, changes: number, done: number, rule: RuleState, config: Config): string {
  const { ruleName, syslogHost } = config.writeback;
  const head =
    changes === 0
      ? 'Nothing to change.'
      : done === 0
        ? `${changes} changes planned, none made.`
        : `${done} changes made.`;
  const isThere = rule === 'enabled' || rule === 'disabled';
  const ruleText =
    verb === 'install'
      ? RULE_WORDS[rule](ruleName)
      : isThere
        ? `Left to do by hand: the rule "${ruleName}", which no call can remove.`
        : '';
  const host =
    verb === 'install' && syslogHost === '' ? 'Left to do: set writeback.syslogHost, or no event is sent.' : '';
  return [head, ruleText, host]
    .filter((text) => text !== '')
    .map((text) => `${escapeText(text, 500)}\n`)
    .join('');
}
