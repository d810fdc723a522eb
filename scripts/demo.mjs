// `npm run demo`: a made-up company with planted insiders, from log files to ranked, explained findings.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, nodePath, ROOT } from '../bin/runtime.mjs';

const PEOPLE = '150';
const DAYS = '60';
const SEED = process.argv[2] ?? '7';

ensureInstalled();
ensureBuilt();

const folder = mkdtempSync(join(tmpdir(), 'undercurrent-demo-'));
const logs = join(folder, 'logs');
const data = join(folder, 'data');
const truth = join(folder, 'truth.jsonl');

function run(title, script, args, capture = false) {
  process.stdout.write(`\n== ${title}\n`);
  const result = spawnSync(nodePath(), [join(ROOT, 'dist', script), ...args], {
    stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
    maxBuffer: 1 << 30,
    encoding: 'utf8',
  });
  if (result.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    process.exit(result.status ?? 1);
  }
  return result.stdout ?? '';
}

const readLines = (text) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

try {
  run(`${PEOPLE} people work for ${DAYS} days; their logs are written (seed ${SEED})`, 'simulator/enterprise/main.js', [
    '--people',
    PEOPLE,
    '--days',
    DAYS,
    '--seed',
    SEED,
    '--format',
    'leef',
    '--out',
    logs,
    '--truth',
    truth,
  ]);
  run('The logs are imported', 'src/main.js', ['import', logs, '--data', data]);
  const reveal = ['--reveal', '--reason', 'demonstration on made-up data'];
  const budget = ['--budget', '1.5'];
  run('Behaviour and peers are learned; the unusual days are ranked', 'src/main.js', [
    'analyze',
    '--data',
    data,
    ...budget,
    '--limit',
    '8',
    ...reveal,
  ]);
  const lines = readLines(
    run(
      'What was planted, and where it ranks',
      'src/main.js',
      ['analyze', '--data', data, ...budget, '--min-score', '0', '--json', ...reveal],
      true,
    ),
  );
  const ranked = lines.filter(({ type }) => type === 'anomaly');
  const plain = (account) =>
    account
      .toLowerCase()
      .replace(/^.*\\(adm-)?/, '')
      .replace(/@.*$/, '');
  for (const insider of readLines(readFileSync(truth, 'utf8')).filter(({ type }) => type === 'insider')) {
    const days = new Set(insider.days.map(({ day }) => day));
    const accounts = new Set(insider.accounts.map((account) => account.toLowerCase()));
    const found = ranked.findIndex(
      ({ user, day }) => days.has(day) && (accounts.has(user.toLowerCase()) || plain(user) === insider.person),
    );
    const place =
      found < 0
        ? 'not seen'
        : `rank ${found + 1} of ${ranked.length}${ranked[found].alert ? ', alert' : ', below the alert line'}`;
    process.stdout.write(
      `  ${insider.scenario.padEnd(20)} ${insider.person.padEnd(12)} from ${insider.start}: ${place}\n`,
    );
  }
  const summary = lines.at(-1);
  process.stdout.write(
    `\n${summary.alerts} alerts in ${summary.days} days at a budget of 1.5 a day. Next: npx undercurrent import YOUR-LOGS --data DIR\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
