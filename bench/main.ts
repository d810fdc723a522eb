import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/domain/errors.ts';
import { BENCHMARKS_PAGE } from './paths.ts';
import { describeRun, replaceSection } from './report.ts';

/** A part of docs/benchmarks.md. */
export interface Section {
  title: string;
  /** @returns the body in Markdown; the heading and the machine are added */
  run(options: { quick: boolean; log(text: string): void }): Promise<string>;
}

const SECTIONS: Record<string, { about: string; load(): Promise<Section> }> = {
  detect: {
    about: 'detectors on labelled tables and beside scikit-learn: quality, speed, memory',
    load: async () => (await import('./sections/detect.ts')).detect,
  },
  cert: {
    about: 'insiders in the CERT layout beside an isolation forest on counts and z-scores; also run by `detect`',
    load: async () => (await import('./sections/cert.ts')).cert,
  },
  insiders: {
    about: 'insiders in the synthetic enterprise, beside static thresholds and an isolation forest on counts',
    load: async () => (await import('./sections/insiders.ts')).insiders,
  },
  campaigns: {
    about: 'insiders of the synthetic enterprise as campaigns, and campaigns that are none',
    load: async () => (await import('./sections/campaigns.ts')).campaigns,
  },
  import: {
    about: 'file import to stored activity, beside what the appender takes',
    load: async () => (await import('./sections/import.ts')).importing,
  },
  features: {
    about: 'feature rows for ten million activities, beside one GROUP BY',
    load: async () => (await import('./sections/features.ts')).features,
  },
  syslog: {
    about: 'syslog over TCP, TLS and UDP to stored activity, beside the import of the same lines',
    load: async () => (await import('./sections/syslog.ts')).syslog,
  },
  crash: {
    about: 'kill -9 during imports',
    load: async () => (await import('./sections/crash.ts')).crash,
  },
  faults: {
    about: 'serve beside a troubled console for a week, with kill -9, against an undisturbed run',
    load: async () => (await import('./sections/faults.ts')).faults,
  },
  uba: {
    about: 'Undercurrent beside the UBA imitation of the simulator: false alerts at equal recall, query budget',
    load: async () => (await import('./sections/uba.ts')).uba,
  },
  fuzz: {
    about: 'mutated records of every format through the parsers',
    load: async () => (await import('./sections/fuzz.ts')).fuzz,
  },
  peers: {
    about: 'peer groups of planted and generated companies',
    load: async () => (await import('./sections/peers.ts')).peers,
  },
  scale: {
    about: 'peers and detection over 30 days of feature rows, from 1,000 to 100,000 people',
    load: async () => (await import('./sections/scale.ts')).scale,
  },
};
const NAMES = Object.keys(SECTIONS);
/** Sections that a section brings with it. */
const COMPANIONS: Record<string, readonly string[]> = { detect: ['cert'] };

const HELP = `Measures, and writes what it measured to docs/benchmarks.md.

Usage: npm run bench -- [SECTION...|all] [--quick] [--date DAY] [--no-write]

${NAMES.map((name) => `  ${name.padEnd(10)} ${SECTIONS[name]!.about}`).join('\n')}
  ${'all'.padEnd(10)} everything, one process after another

  --quick      small sizes, to see that it runs; prints instead of writing
  --only       without the sections that belong to the one named
  --date DAY   day to state, YYYY-MM-DD (default: today)
  --no-write   print the sections instead of writing them
  --help       this text
`;

const withCompanions = (name: string): string[] => [name, ...(COMPANIONS[name] ?? [])];

interface Request {
  names: string[];
  quick: boolean;
  date: string;
  write: boolean;
}

function readRequest(args: string[]): Request | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { quick: flag, date: text, 'no-write': flag, only: flag, help: flag },
  });
  if (values.help || positionals.length === 0) return 'help';
  const unknown = positionals.find((name) => name !== 'all' && !NAMES.includes(name));
  if (unknown) throw new Error(`there is no section "${unknown}"; there are ${NAMES.join(', ')} and all`);
  const date = values.date ?? new Date().toISOString().slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new Error(`--date is a day written YYYY-MM-DD, not "${date}"`);
  const quick = values.quick ?? false;
  return {
    names: positionals.includes('all')
      ? NAMES
      : [...new Set(values.only ? positionals : positionals.flatMap(withCompanions))],
    quick,
    date,
    write: !quick && !values['no-write'],
  };
}

/** Each section in a process of its own: memory peaks and caches of one say nothing about the next. */
async function runApart(request: Request): Promise<number> {
  let worst = 0;
  for (const name of request.names) {
    const args = [
      name,
      '--only',
      '--date',
      request.date,
      ...(request.quick ? ['--quick'] : []),
      ...(request.write ? [] : ['--no-write']),
    ];
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' });
    const code = await new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? 1)));
    worst = Math.max(worst, code);
  }
  return worst;
}

async function runSection(name: string, request: Request): Promise<void> {
  const { title, run } = await SECTIONS[name]!.load();
  const started = performance.now();
  const body = await run({ quick: request.quick, log: (text) => process.stderr.write(`${name}: ${text}\n`) });
  const took = `${Math.round((performance.now() - started) / 1000)} s in all.`;
  const section = `## ${title}\n\n${body.trim()}\n\n${describeRun(request.date)} ${took}${request.quick ? ' Quick sizes.' : ''}\n`;
  if (!request.write) {
    process.stdout.write(`${section}\n`);
    return;
  }
  writeFileSync(BENCHMARKS_PAGE, replaceSection(readPage(), name, section, NAMES));
  process.stderr.write(`${name}: written to docs/benchmarks.md\n`);
}

function readPage(): string {
  try {
    return readFileSync(BENCHMARKS_PAGE, 'utf8');
  } catch {
    return '';
  }
}

async function main(): Promise<number> {
  let request: Request | 'help';
  try {
    request = readRequest(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`bench: ${messageOf(error)}\n`);
    return 2;
  }
  if (request === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (request.names.length > 1) return runApart(request);
  await runSection(request.names[0]!, request);
  return 0;
}

process.exitCode = await main();
