import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The simulator and the sidecar as people start them: processes of their own, to be killed and started again. */

const KIND = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const SCRIPTS = { simulator: `../simulator/qradar/main.${KIND}`, sidecar: `../src/main.${KIND}` };
const READY_WITHIN_MS = 600_000;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Program<Ready> {
  child: ChildProcess;
  /** Its first line; rejects with what it wrote to standard error when it ends before. */
  ready: Promise<Ready>;
  ended: Promise<Ended>;
  /** Latest part of standard error. */
  errors(): string;
}

export interface ConsoleReady {
  url: string;
  caFile: string;
  tokens: { admin: string; sidecar: string; readonly: string };
  syslog: { udp: number; tcp: number; tls: number };
}

export interface SidecarReady {
  url: string;
  phase: string;
  syslog?: { udp?: number; tcp?: number; tls?: number };
}

function launch<Ready>(script: string, args: readonly string[], env: Record<string, string>): Program<Ready> {
  // The channel ends it when this process ends, whatever ended this one.
  const child = spawn(process.execPath, ['--no-warnings', fileURLToPath(new URL(script, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env, UNDERCURRENT_LAUNCHER: String(process.pid) },
  });
  let errors = '';
  child.stderr!.on('data', (data) => {
    errors = (errors + data).slice(-50_000);
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  const lines = createInterface({ input: child.stdout! });
  const ready = new Promise<Ready>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${script} is not ready\n${errors}`)), READY_WITHIN_MS);
    lines.once('line', (line) => resolve(JSON.parse(line) as Ready));
    void ended.then(({ code }) => reject(new Error(`${script} ended with ${code}\n${errors}`)));
    void ended.then(() => clearTimeout(timer));
    lines.once('line', () => clearTimeout(timer));
  });
  ready.catch(() => {});
  return { child, ready, ended, errors: () => errors };
}

export const launchConsole = (...args: string[]): Program<ConsoleReady> => launch(SCRIPTS.simulator, args, {});

/** @param token of the console; without one the sidecar has none */
export const launchSidecar = (config: string, token = '', ...args: string[]): Program<SidecarReady> =>
  launch(SCRIPTS.sidecar, ['serve', '--config', config, '--json', ...args], { UNDERCURRENT_QRADAR_TOKEN: token });

export async function endWith(program: Program<unknown>, signal: NodeJS.Signals): Promise<Ended> {
  program.child.kill(signal);
  return program.ended;
}

export interface Answer {
  status: number;
  /** The console's clock, UTC epoch milliseconds, to the second. */
  clockMs: number;
  // biome-ignore lint/suspicious/noExplicitAny: looked into freely
  json: any;
}

const ASK_AGAIN_MS = 200;
const ASK_FOR_MS = 60_000;

/** One GET as the administrator, the certificate checked; asked again while the console is troubled, up to a minute. */
export async function askConsole(console: ConsoleReady, path: string): Promise<Answer> {
  for (const deadline = performance.now() + ASK_FOR_MS; ; await sleep(ASK_AGAIN_MS)) {
    const answer = await askOnce(console, path).catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.status < 429) return answer;
    if (performance.now() > deadline)
      throw new Error(`${path}: ${answer instanceof Error ? answer.message : answer.status}`);
  }
}

function askOnce({ url, caFile, tokens }: ConsoleReady, path: string): Promise<Answer> {
  const headers = { SEC: tokens.admin, Accept: 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(`${url}/api${path}`, { headers, ca: readFileSync(caFile), agent: false, timeout: 20_000 });
    call.on('response', (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('error', reject);
      reply.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const clockMs = Date.parse(String(reply.headers.date));
        resolve({ status: reply.statusCode!, clockMs, json: text === '' ? undefined : JSON.parse(text) });
      });
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end();
  });
}

/** `name{labels}` without prefix -> value; `undefined` while it does not answer. */
export async function readMetrics(url: string): Promise<Map<string, number> | undefined> {
  try {
    const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5000) })).text();
    const samples = text.matchAll(/^undercurrent_(\S+) (\S+)$/gm);
    return new Map(Array.from(samples, ([, name, value]) => [name!, Number(value)]));
  } catch {
    return undefined;
  }
}
