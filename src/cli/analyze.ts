import { createHash } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { AppError } from '../domain/errors.ts';
import type { Anomaly, Campaign } from '../domain/findings.ts';
import { formatDay, parseDay } from '../domain/time.ts';
import { appendEntry } from '../governance/audit-chain.ts';
import { type AnalysisSession, openAnalysis } from './analysis-session.ts';
import { addSharedOptions, type CliContext, type SharedOptions } from './context.ts';
import { escapeText } from './escape-text.ts';
import { formatJsonLine } from './output.ts';

interface AnalyzeCommandOptions extends SharedOptions {
  from?: number;
  to?: number;
  seed?: number;
  budget?: number;
  minScore?: number;
  reveal?: boolean;
  reason?: string;
  limit?: number;
}

export function registerAnalyze(program: Command, context: CliContext): void {
  addSharedOptions(program.command('analyze'))
    .description('learn behaviour and peer groups from what is stored; rank the unusual person-days and say why')
    .option('--from <day>', 'first day, YYYY-MM-DD (default: the first stored)', dayOption)
    .option('--to <day>', 'last day, YYYY-MM-DD (default: the last stored)', dayOption)
    .option('--seed <n>', 'seed of every random choice (default: analysis.seed)', integerOption(0, 4_294_967_295))
    .option(
      '--budget <n>',
      'anomalies a day that the team can look at (default: analysis.alertBudgetPerDay)',
      numberOption(0.01, 100_000),
    )
    .option(
      '--min-score <n>',
      'lowest score printed; 0 prints every person-day (default: analysis.minScore)',
      numberOption(0, 100),
    )
    .option('--limit <n>', 'without --json: how many findings to print', integerOption(1, 1_000_000))
    .option('--reveal', 'print accounts instead of pseudonyms; recorded in the audit chain')
    .option('--reason <text>', 'why the names are needed; recorded with --reveal')
    .action((options: AnalyzeCommandOptions) => runAnalyze(options, context));
}

export function dayOption(text: string): number {
  const day = parseDay(text);
  if (day === undefined) throw new InvalidArgumentError('It is a calendar day written YYYY-MM-DD.');
  return day;
}

export function numberOption(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= from && value <= to))
      throw new InvalidArgumentError(`It is a number from ${from} to ${to}.`);
    return value;
  };
}

export function integerOption(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < from || value > to)
      throw new InvalidArgumentError(`It is a whole number from ${from} to ${to}.`);
    return value;
  };
}

async function runAnalyze(options: AnalyzeCommandOptions, context: CliContext): Promise<void> {
  if (options.from !== undefined && options.to !== undefined && options.from > options.to)
    throw new AppError('USAGE', `--from ${formatDay(options.from)} is after --to ${formatDay(options.to)}`);
  const session = await openAnalysis(options, context);
  try {
    const analysis = await session.analyze();
    if (options.reveal) await session.recordReveal(options.reason ?? '', 'analyze');
    const named = options.reveal || session.open;
    const nameOf = (id: string) => (named ? session.accountOf(id) : id);
    const lines = [
      ...analysis.peerGroups.map((group) => ({ type: 'peer-group', ...group, members: group.members.map(nameOf) })),
      ...analysis.anomalies.map(({ person, ...anomaly }) => ({
        type: 'anomaly',
        ...anomaly,
        user: nameOf(person),
        ...(named ? { query: session.evidenceQuery(person, anomaly.day) } : {}),
      })),
      ...analysis.campaigns.map(({ people, stages, ...campaign }) => ({
        type: 'campaign',
        ...campaign,
        users: people.map(nameOf),
        stages: stages.map(({ stage }) => stage),
        timeline: stages,
      })),
    ].map(formatJsonLine);
    const digest = createHash('sha256');
    for (const line of lines) digest.update(line);
    await appendEntry(
      session.audit,
      'analyze',
      {
        budget: session.options.budgetPerDay,
        minScore: session.options.minScore,
        seed: session.options.seed,
        days: analysis.summary.days,
        people: analysis.summary.people,
        alerts: analysis.summary.alerts,
        campaigns: analysis.summary.campaigns,
        versions: { ...analysis.summary.versions },
        output: `sha256:${digest.digest('hex')}`,
      },
      context.now(),
    );
    if (options.json) {
      for (const line of lines) await context.stdout.write(line);
      const blindSpots = await session.blindSpots();
      const spots = blindSpots.length > 0 ? { blindSpots } : {};
      await context.stdout.write(formatJsonLine({ type: 'summary', ...analysis.summary, ...spots }));
    } else await printFindings(analysis, session, options, context, nameOf);
  } finally {
    await session.close();
  }
}

async function printFindings(
  analysis: Awaited<ReturnType<AnalysisSession['analyze']>>,
  session: AnalysisSession,
  options: AnalyzeCommandOptions,
  context: CliContext,
  nameOf: (id: string) => string,
): Promise<void> {
  const { summary, anomalies, campaigns, peerGroups } = analysis;
  const limit = options.limit ?? 20;
  const write = (text: string) => context.stdout.write(text);
  await write(
    `${summary.people} people, ${summary.days} days, ${summary.activities} activities, ${peerGroups.length} peer groups. ` +
      `${summary.alerts} alerts at a budget of ${session.options.budgetPerDay} a day.\n`,
  );
  if (anomalies.length === 0)
    await write(`\nNothing scores ${session.options.minScore} or more. Lower --min-score to see weaker signals.\n`);
  for (const [index, anomaly] of anomalies.slice(0, limit).entries())
    await write(formatFinding(index + 1, anomaly, nameOf));
  for (const [index, campaign] of campaigns.entries()) await write(formatCampaign(index + 1, campaign, nameOf));
  for (const text of await session.blindSpots()) await write(`\nNot in these figures: ${escapeText(text, 1000)}\n`);
  if (anomalies.length > limit) await write(`\n${anomalies.length - limit} more; --limit or --json shows them.\n`);
}

function formatCampaign(rank: number, campaign: Campaign, nameOf: (id: string) => string): string {
  const who = campaign.people.map((id) => escapeText(nameOf(id), 60)).join(', ');
  const strip = campaign.stages.map(({ stage }) => stage).join(' > ');
  return `\nCampaign ${rank}: ${who}  ${campaign.start} to ${campaign.end}  score ${campaign.score.toFixed(0)}  ${strip}\n   ${escapeText(campaign.text, 1500)}\n`;
}

export function formatFinding(rank: number, anomaly: Anomaly, nameOf: (id: string) => string): string {
  const head = `\n${rank}. ${escapeText(nameOf(anomaly.person), 60)}  ${anomaly.day}  score ${anomaly.score.toFixed(0)}${anomaly.alert ? '  ALERT' : ''}\n`;
  const body = anomaly.deviations.map(
    ({ share, text }) => `   ${`${Math.round(share * 100)}%`.padStart(4)}  ${escapeText(text, 240)}\n`,
  );
  return `${head}${body.join('')}   evidence: ${anomaly.evidence.length} activities, ids in --json\n`;
}
