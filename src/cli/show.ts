import type { Command } from 'commander';
import { formatFigure } from '../detect/explain.ts';
import { AppError } from '../domain/errors.ts';
import { formatDay } from '../domain/time.ts';
import { FEATURES } from '../features/catalogue.ts';
import type { Reason } from '../peers/ports.ts';
import type { Analysis } from '../pipeline/analyze.ts';
import { openAnalysis } from './analysis-session.ts';
import { formatFinding, integerOption } from './analyze.ts';
import { addSharedOptions, type CliContext, type SharedOptions } from './context.ts';
import { escapeText } from './escape-text.ts';
import { formatTable } from './table.ts';

interface ShowOptions extends SharedOptions {
  reveal?: boolean;
  reason?: string;
  days?: number;
}

export function registerShow(program: Command, context: CliContext): void {
  addSharedOptions(program.command('show'))
    .argument('<person>', 'pseudonym (p-...) as in findings, or an account as imported')
    .description("print one person's profile: rhythm, volumes, peers, anomalies")
    .option('--days <n>', 'how many days the profile covers', integerOption(1, 3650), 28)
    .option('--reveal', 'print accounts instead of pseudonyms; recorded in the audit chain')
    .option('--reason <text>', 'why the names are needed; recorded with --reveal')
    .action((person: string, options: ShowOptions) => runShow(person, options, context));
}

const BARS = ' ▁▂▃▄▅▆▇█';
const bar = (value: number, most: number) => BARS[most === 0 ? 0 : Math.ceil((value / most) * 8)]!;

async function runShow(person: string, options: ShowOptions, context: CliContext): Promise<void> {
  const session = await openAnalysis({ ...options, minScore: 0 }, context);
  try {
    const analysis = await session.analyze();
    const found = session.findPerson(person);
    const position = found ? analysis.table.people.indexOf(found.token) : -1;
    if (!found || position < 0)
      throw new AppError(
        'PERSON_NOT_FOUND',
        `nobody known as "${escapeText(person, 60)}" has any activity; findings list pseudonyms`,
      );
    // Asking by account tells which pseudonym it is: a reveal, whichever way round.
    if (options.reveal || person !== found.id) await session.recordReveal(options.reason ?? '', 'show', found.id);
    const nameOf = (id: string) => (options.reveal || session.open ? session.accountOf(id) : id);
    const profile = profileOf(analysis, position, options.days ?? 28);
    if (options.json) {
      await context.stdout.write(
        `${JSON.stringify({ type: 'person', user: nameOf(found.id), ...profile, peers: profile.peers.map(({ id, similarity }) => ({ user: nameOf(id), similarity })) })}\n`,
      );
      return;
    }
    const write = (text: string) => context.stdout.write(text);
    await write(`${escapeText(nameOf(found.id), 60)}\n`);
    const attributes = found.attributes.at(-1);
    if (attributes)
      await write(
        `  ${[attributes.role, attributes.department, attributes.team]
          .filter(Boolean)
          .map((text) => escapeText(text, 60))
          .join(' · ')}\n`,
      );
    if (options.reveal || session.open)
      await write(`  accounts: ${found.accounts.map((text) => escapeText(text, 60)).join(', ')}\n`);
    await write(
      `  ${profile.activeDays} active days up to ${profile.lastDay}\n\nRhythm (share of active days with activity, local hours 0-23)\n`,
    );
    await write(`  |${profile.hours.map((share) => bar(share, 1)).join('')}|  0h    6h    12h   18h\n\nUsual day\n`);
    await write(
      formatTable(
        [
          { title: '  figure' },
          { title: 'median', align: 'right' },
          { title: 'highest', align: 'right' },
          { title: 'on' },
        ],
        profile.volumes.map((row) => [
          `  ${row.wording}`,
          formatFigure(row.median, row.unit),
          formatFigure(row.highest, row.unit),
          row.on,
        ]),
      ),
    );
    await write('\nPeers\n');
    await write(
      profile.group
        ? `  group ${profile.group.id}: ${escapeText(profile.group.label, 100)} (${profile.group.size} people, membership ${Math.round(profile.group.probability * 100)}%)\n`
        : '  no group fits\n',
    );
    for (const reason of profile.group?.reasons.slice(0, 4) ?? []) await write(`    ${escapeText(reason, 140)}\n`);
    for (const { id, similarity } of profile.peers.slice(0, 5))
      await write(`  ${similarity.toFixed(2)}  ${escapeText(nameOf(id), 60)}\n`);
    const findings = analysis.anomalies.filter(({ person: id, score }) => id === found.id && score >= 20).slice(0, 5);
    await write(findings.length === 0 ? '\nNo unusual day.\n' : '\nMost unusual days\n');
    for (const [index, anomaly] of findings.entries()) await write(formatFinding(index + 1, anomaly, nameOf));
  } finally {
    await session.close();
  }
}

interface Profile {
  activeDays: number;
  lastDay: string;
  /** Share of active days with activity in each local hour; 24. */
  hours: number[];
  volumes: {
    feature: string;
    wording: string;
    unit: 'count' | 'bytes' | 'hours';
    median: number;
    highest: number;
    on: string;
  }[];
  group: { id: string; label: string; size: number; probability: number; reasons: string[] } | undefined;
  peers: { id: string; similarity: number }[];
}

const percent = (share: number) => `${Math.round(share * 100)}%`;

/** What sets a group apart, for people; a shared resource has no name here. */
function describeReason(reason: Reason): string[] {
  switch (reason.kind) {
    case 'attribute':
      return [
        `${percent(reason.groupShare)} have ${reason.trait} ${reason.value} (company: ${percent(reason.companyShare)})`,
      ];
    case 'volume': {
      const wording = FEATURES.find(({ name }) => name === reason.trait)?.wording ?? reason.trait;
      return [`${reason.strength > 0 ? 'more' : 'fewer'} ${wording} than the company`];
    }
    case 'rhythm':
      return [`${reason.strength > 0 ? 'more' : 'less'} activity in the ${reason.trait} than the company`];
    case 'resource':
      return [];
  }
}

function profileOf({ table, peers }: Analysis, position: number, days: number): Profile {
  const rows = Array.from(table.day.keys()).filter((row) => table.person[row] === position);
  const last = table.day[rows.at(-1)!]!;
  const recent = rows.filter((row) => table.day[row]! > last - days);
  const hours = Array.from(
    { length: 24 },
    (_, hour) => recent.filter((row) => table.hours[row * 24 + hour]! > 0).length / recent.length,
  );
  const volumes = FEATURES.flatMap(({ name, wording, unit, aggregate }, column) => {
    if (aggregate.kind === 'rhythm') return [];
    const values = recent.map((row) => table.values[row * FEATURES.length + column]!);
    const sorted = [...values].sort((a, b) => a - b);
    const highest = sorted.at(-1)!;
    if (highest === 0) return [];
    const on = formatDay(table.day[recent[values.indexOf(highest)]!]!);
    return [{ feature: name, wording, unit, median: sorted[sorted.length >> 1]!, highest, on }];
  });
  const k = peers?.neighbourCount ?? 0;
  const group = peers?.groups[peers.group[position]!];
  return {
    activeDays: recent.length,
    lastDay: formatDay(last),
    hours,
    volumes,
    group: group && {
      id: group.id,
      label: group.label,
      size: group.size,
      probability: peers!.membership.probabilities[position * 3]!,
      reasons: group.reasons.flatMap(describeReason),
    },
    peers: Array.from({ length: k }, (_, slot) => position * k + slot).flatMap((at) => {
      const row = peers!.neighbours[at]!;
      return row < 0 ? [] : [{ id: peers!.people[row]!, similarity: peers!.similarity[at]! }];
    }),
  };
}
