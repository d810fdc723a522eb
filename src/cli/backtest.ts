import { type Command, InvalidArgumentError } from 'commander';
import type { PlantedOutcome } from '../backtest/judge.ts';
import { SCENARIOS } from '../backtest/scenarios.ts';
import { AppError } from '../domain/errors.ts';
import { formatDay } from '../domain/time.ts';
import { appendEntry } from '../governance/audit-chain.ts';
import { type Backtest, backtest } from '../pipeline/backtest.ts';
import { openAnalysis } from './analysis-session.ts';
import { dayOption, integerOption, numberOption } from './analyze.ts';
import { addSharedOptions, type CliContext, type SharedOptions } from './context.ts';
import { escapeText } from './escape-text.ts';
import { formatJsonLine } from './output.ts';
import { createProgress } from './progress.ts';
import { formatTable } from './table.ts';

interface BacktestCommandOptions extends SharedOptions {
  from: number;
  to: number;
  budget?: number;
  seed?: number;
  inject?: boolean;
  scenarios?: string[];
  reveal?: boolean;
  reason?: string;
}

/** With less history before the first day most of what is new looks unusual. */
const RECOMMENDED_HISTORY_DAYS = 21;

export function registerBacktest(program: Command, context: CliContext): void {
  addSharedOptions(program.command('backtest'))
    .description(
      'replay stored history day by day as if live: what would have been alerted, and what it would have cost',
    )
    .requiredOption('--from <day>', 'first day of the replay, YYYY-MM-DD', dayOption)
    .requiredOption('--to <day>', 'last day of the replay, YYYY-MM-DD', dayOption)
    .option(
      '--budget <n>',
      'anomalies a day that the team can look at (default: analysis.alertBudgetPerDay)',
      numberOption(0.01, 100_000),
    )
    .option(
      '--inject',
      'plant made-up insiders into a temporary copy of the history, and say who would have been found',
    )
    .option('--seed <n>', 'seed of every random choice (default: analysis.seed)', integerOption(0, 4_294_967_295))
    .option(
      '--scenarios <list>',
      `with --inject: only these, separated by commas (${SCENARIOS.map(({ id }) => id).join(', ')})`,
      scenariosOption,
    )
    .option('--reveal', 'print accounts instead of pseudonyms; recorded in the audit chain')
    .option('--reason <text>', 'why the names are needed; recorded with --reveal')
    .action((options: BacktestCommandOptions) => runBacktest(options, context));
}

function scenariosOption(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (!names.every((name) => SCENARIOS.some(({ id }) => id === name)))
    throw new InvalidArgumentError(`It is a list of ${SCENARIOS.map(({ id }) => id).join(', ')}.`);
  return names;
}

async function runBacktest(options: BacktestCommandOptions, context: CliContext): Promise<void> {
  const { from, to } = options;
  if (from > to) throw new AppError('USAGE', `--from ${formatDay(from)} is after --to ${formatDay(to)}`);
  if (options.scenarios && !options.inject) throw new AppError('USAGE', '--scenarios needs --inject');
  const config = await context.loadConfig(options);
  const session = await openAnalysis(options, context);
  const progress = createProgress(context, { label: 'replay', unit: 'days' });
  try {
    const result = await backtest(
      {
        ...session.ports,
        offenses: session.offenses,
        accountsOf: session.accountsOf,
        onDay: (done, total) => progress.update(done, total),
      },
      {
        ...session.options,
        fromDay: from,
        toDay: to,
        scenarios: options.inject
          ? SCENARIOS.filter(({ id }) => options.scenarios === undefined || options.scenarios.includes(id))
          : [],
        ariel: config.ariel,
      },
    ).finally(() => progress.end());
    if (options.reveal) await session.recordReveal(options.reason ?? '', 'backtest');
    const nameOf = (id: string) => (options.reveal || session.open ? session.accountOf(id) : id);
    await appendEntry(
      session.audit,
      'backtest',
      {
        from: formatDay(from),
        to: formatDay(to),
        budget: session.options.budgetPerDay,
        seed: session.options.seed,
        scenarios: result.injected?.scenarios.map(({ scenario }) => scenario) ?? [],
        alerts: result.alerts.length,
      },
      context.now(),
    );
    if (result.historyDays < RECOMMENDED_HISTORY_DAYS)
      context.stderr.write(
        `undercurrent: only ${result.historyDays} days of history before ${formatDay(from)}; ` +
          `at least ${RECOMMENDED_HISTORY_DAYS} are recommended, the first days look more unusual than they are\n`,
      );
    const lines = options.json
      ? jsonLines(result, nameOf)
      : readableLines(result, session.options.budgetPerDay, nameOf);
    for (const line of lines) await context.stdout.write(line);
  } finally {
    await session.close();
  }
}

const dayName = (day: number | undefined): string | null => (day === undefined ? null : formatDay(day));

function* jsonLines(result: Backtest, nameOf: (id: string) => string): Generator<string> {
  for (const one of countAlerts(result)) yield formatJsonLine({ type: 'day', ...one });
  for (const { day, person, score, text } of result.alerts)
    yield formatJsonLine({ type: 'alert', day, user: nameOf(person), score, truth: 'unknown', text });
  for (const { day, campaign } of result.opened)
    yield formatJsonLine({
      type: 'campaign',
      opened: formatDay(day),
      users: campaign.people.map(nameOf),
      start: campaign.start,
      end: campaign.end,
      score: campaign.score,
      stages: campaign.stages.map(({ stage }) => stage),
      truth: 'unknown',
    });
  for (const one of result.injected?.outcomes ?? [])
    yield formatJsonLine({
      type: 'planted',
      scenario: one.scenario,
      user: nameOf(one.person),
      days: one.days.map(formatDay),
      activities: one.activities,
      alert: dayName(one.alertDay),
      campaign: dayName(one.campaignDay),
      daysToDetection: one.daysToDetection ?? null,
      bestScore: one.bestScore,
    });
  for (const one of result.injected?.scenarios ?? [])
    yield formatJsonLine({ type: 'scenario', ...one, medianDays: one.medianDays ?? null });
  for (const one of result.injected?.skipped ?? []) yield formatJsonLine({ type: 'scenario-skipped', ...one });
  yield formatJsonLine({ type: 'summary', ...summaryOf(result) });
}

/** Alerts of the own history, by day of the replay. */
const countAlerts = ({ days, alerts }: Backtest): { day: string; alerts: number }[] =>
  days.map(({ name }) => ({ day: name, alerts: alerts.filter(({ day }) => day === name).length }));

function summaryOf(result: Backtest) {
  const days = result.toDay - result.fromDay + 1;
  const perDay = countAlerts(result).map(({ alerts }) => alerts);
  return {
    from: formatDay(result.fromDay),
    to: formatDay(result.toDay),
    days,
    historyDays: result.historyDays,
    people: result.people,
    personMonths: result.personMonths,
    alerts: result.alerts.length,
    alertsPerDay: result.alerts.length / days,
    mostAlertsOnADay: Math.max(0, ...perDay),
    peopleAlerted: new Set(result.alerts.map(({ person }) => person)).size,
    campaignsOpened: result.opened.length,
    campaignsPerThousandPersonMonths: (1000 * result.opened.length) / result.personMonths,
    ubaOffenses: result.offenses.offenses,
    ubaOffensesAlertedBefore: result.offenses.alertedBefore,
    qradar: result.load,
    planted: result.injected?.outcomes.length ?? 0,
    plantedFound: result.injected?.outcomes.filter(({ daysToDetection }) => daysToDetection !== undefined).length ?? 0,
    seconds: result.seconds,
  };
}

const rounded = (value: number): string => String(Number(value.toPrecision(3)));

function* readableLines(result: Backtest, budget: number, nameOf: (id: string) => string): Generator<string> {
  const summary = summaryOf(result);
  const { qradar } = summary;
  yield formatTable(
    [{ title: `${summary.from} to ${summary.to}` }, { title: '', maxWidth: 90 }],
    [
      ['days, after days of history', `${summary.days}, after ${summary.historyDays}`],
      ['people', summary.people],
      ['alerts, at a budget a day of', `${summary.alerts}, at ${budget}`],
      ['alerts a day, most on one day', `${rounded(summary.alertsPerDay)}, ${summary.mostAlertsOnADay}`],
      ['people alerted', summary.peopleAlerted],
      ['campaigns opened', summary.campaignsOpened],
      ['campaigns per 1,000 person-months', rounded(summary.campaignsPerThousandPersonMonths)],
      ['UBA offenses, alerted before', `${summary.ubaOffenses}, ${summary.ubaOffensesAlertedBefore}`],
      ['searches on QRadar a day', `${qradar.searchesPerDay} (estimate)`],
      ['rows from QRadar a day', `${qradar.rowsPerDay} (estimate)`],
      ['seconds', rounded(summary.seconds)],
    ],
  );
  yield `\nNobody has judged these alerts: whether they are true is not known.\n`;
  yield `The load on QRadar is estimated: ${qradar.basis}.\n`;
  if (!result.injected) return;
  yield `\nPlanted into a temporary copy of the history:\n\n`;
  yield formatTable(
    [
      { title: 'scenario' },
      { title: 'planted', align: 'right' },
      { title: 'found', align: 'right' },
      { title: 'by alert', align: 'right' },
      { title: 'by campaign', align: 'right' },
      { title: 'days to detection', align: 'right' },
    ],
    result.injected.scenarios.map((one) => [
      one.scenario,
      one.planted,
      one.found,
      one.byAlert,
      one.byCampaign,
      one.medianDays,
    ]),
  );
  for (const { scenario, reason } of result.injected.skipped) yield `\nNot planted: ${scenario}: ${reason}.\n`;
  for (const one of result.injected.outcomes)
    if (one.daysToDetection === undefined) yield describeMiss(one, nameOf(one.person));
}

function describeMiss({ scenario, days, activities, bestScore }: PlantedOutcome, name: string): string {
  const why = bestScore >= 50 ? 'above the line of 50, but stronger alerts had used up that day' : '50 is the line';
  return (
    `\nMissed: ${escapeText(name, 60)}, ${scenario}: ${activities} activities on ${days.length} days from ` +
    `${formatDay(days[0]!)}; the best day scores ${bestScore.toFixed(0)}, ${why}.\n`
  );
}
