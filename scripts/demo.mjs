// `npm run demo`: a QRadar simulator with a made-up company, and Undercurrent beside it. Prints what it finds and the notes
// it puts on UBA's offenses, and goes on until Ctrl-C. `npm run demo -- --once` ends after the first notes.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt, ensureInstalled, nodePath, ROOT } from '../bin/runtime.mjs';

const PEOPLE = '100';
const DAYS = '30';
const SEED = '7';
/** The console's clock runs faster, so that something happens while one looks on. */
const SPEED = '60';
/** How long the first notes may take before the demonstration counts as failed. */
const PATIENCE_MS = 240_000;

const once = process.argv.includes('--once');
const children = [];
let stopping;

const say = (text) => process.stdout.write(`${text}\n`);
const readJson = async (url) => (await fetch(url)).json();

/** A program of the build in a process group of its own: Ctrl-C reaches this script only, which ends them in order. */
function start(script, args, env = {}) {
  const child = spawn(nodePath(), [join(ROOT, 'dist', script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    env: { ...process.env, ...env, UNDERCURRENT_LAUNCHER: String(process.pid) },
  });
  const program = { child, ended: new Promise((resolve) => child.on('exit', resolve)), errors: '' };
  child.stderr.on('data', (data) => {
    program.errors = (program.errors + data).slice(-20_000);
  });
  child.on('exit', (code) => {
    if (!stopping) stop(new Error(`${script} ended with ${code}\n${program.errors}`));
  });
  children.push(program);
  return program;
}

async function firstLine({ child }) {
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => reject(new Error('it ended before it was ready')));
  });
  lines.on('line', () => {});
  return JSON.parse(line);
}

/** Sidecar first: it finishes what it is at while the console still answers. */
async function stop(error) {
  if (stopping) return stopping;
  stopping = (async () => {
    say('\nstopping ...');
    for (const { child, ended } of children.toReversed()) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT');
        const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
        await ended;
        clearTimeout(timer);
      }
    }
    rmSync(folder, { recursive: true, force: true });
    if (error) process.stderr.write(`demo: ${error.message}\n`);
    process.exit(error ? 1 : 0);
  })();
  return stopping;
}

/** One GET to the console, its certificate checked. */
function ask({ url, caFile, tokens }, path) {
  const options = { ca: readFileSync(caFile), headers: { SEC: tokens.readonly, Accept: 'application/json' } };
  return new Promise((resolve, reject) => {
    get(`${url}/api${path}`, options, (reply) => {
      let text = '';
      reply.on('data', (data) => {
        text += data;
      });
      reply.on('end', () => {
        if (reply.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${path} answered ${reply.statusCode}`));
      });
    }).on('error', reject);
  });
}

async function readNotes(console) {
  const offenses = await ask(console, '/siem/offenses?fields=id,offense_source,description&sort=%2Bid');
  const uba = offenses.filter(({ description }) => description.startsWith('UBA'));
  for (const offense of uba) {
    const notes = await ask(console, `/siem/offenses/${offense.id}/notes`);
    offense.note = notes.find(({ note_text: text }) => text.startsWith('[undercurrent '))?.note_text;
  }
  return uba;
}

async function waitFor(title, look) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${title}: nothing within ${PATIENCE_MS / 1000} s`);
    await sleep(1000);
  }
}

const bar = (score) => '█'.repeat(Math.round(score / 10)).padEnd(10, '·');

function showFindings(findings) {
  say('\n== Ranked findings (people are pseudonyms; 50 is the line of 2 alerts a day)');
  for (const [index, { person, day, score, alert, text }] of findings.entries())
    say(
      `${String(index + 1).padStart(3)}. ${bar(score)} ${score.toFixed(0).padStart(3)}${alert ? ' alert' : '      '}  ${day}  ${person}\n     ${text.slice(0, 230)}`,
    );
}

async function demonstrate() {
  say(`== A QRadar simulator with ${PEOPLE} people; ${DAYS} days of history are filled in ...`);
  const simulator = start('simulator/qradar/main.js', [
    ...['--data', join(folder, 'simulator'), '--people', PEOPLE, '--days', DAYS, '--seed', SEED, '--speed', SPEED],
  ]);
  const console = await firstLine(simulator);
  say(`   ${console.url}  (certificate authority ${console.caFile}, token ${console.tokens.readonly})`);

  const config = join(folder, 'undercurrent.yaml');
  writeFileSync(
    config,
    `data: { directory: ${join(folder, 'data')} }
qradar: { url: '${console.url}', caFile: ${console.caFile} }
ariel: { backfillDays: ${DAYS}, windowMinutes: 720, pollSeconds: 10 }
analysis: { alertBudgetPerDay: 2 }
serve: { port: 0, offensePollSeconds: 5, analyzeMinutes: 2 }
rollout: { phase: enrich }
`,
  );
  say('\n== Undercurrent beside it, in phase enrich: it reads events and offenses, learns behaviour, writes notes ...');
  const sidecar = start('src/main.js', ['serve', '--config', config, '--json'], {
    UNDERCURRENT_QRADAR_TOKEN: console.tokens.sidecar,
  });
  const { url } = await firstLine(sidecar);
  for (const path of ['health', 'ready', 'metrics', 'findings']) say(`   ${url}/${path}`);

  const { findings } = await waitFor('findings', async () => {
    const reply = await readJson(`${url}/findings?limit=8`);
    return reply.findings.length > 0 && reply;
  });
  showFindings(findings);
  const offenses = await waitFor('notes', async () => {
    const found = await readNotes(console);
    return found.length > 0 && found.every(({ note }) => note) && found;
  });
  const scoreOf = ({ note }) => Number(/score (\d+)/.exec(note)?.[1] ?? 0);
  const best = offenses.toSorted((a, b) => scoreOf(b) - scoreOf(a))[0];
  say(`\n== ${offenses.length} offenses of UBA, each with one note. The note on offense ${best.id}:\n`);
  say(best.note.replaceAll(/^/gm, '   '));
  if (once) return stop();

  say(
    `\n== It goes on: the console's clock runs ${SPEED} times as fast. In another terminal, the notes of an offense:\n` +
      `   curl --cacert ${console.caFile} -H "SEC: ${console.tokens.readonly}" ${console.url}/api/siem/offenses/${best.id}/notes\n` +
      '   Ctrl-C ends everything and leaves nothing behind.',
  );
  const known = new Set(offenses.map(({ id }) => id));
  while (!stopping) {
    await sleep(5000);
    for (const { id, offense_source: user, note } of await readNotes(console).catch(() => [])) {
      if (!note || known.has(id)) continue;
      known.add(id);
      say(`\n== Offense ${id} about ${user} got its note:\n   ${note.split('\n')[0].slice(0, 300)}`);
    }
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop());
ensureInstalled();
ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'undercurrent-demo-'));
try {
  await demonstrate();
} catch (error) {
  await stop(error);
}
