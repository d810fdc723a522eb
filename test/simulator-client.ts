import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NEWEST_VERSION } from '../simulator/qradar/http/versions.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/qradar/start.ts';
import { sleepFor, type Timing } from '../src/qradar/timing.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it freely
  json: any;
}

export interface Ask {
  token?: string | undefined;
  headers?: Record<string, string | string[]>;
  query?: Record<string, string | number | boolean>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, with its own content type. */
  raw?: string;
  root?: string;
}

export interface TestConsole {
  simulator: Simulator;
  folder: string;
  /** Milliseconds, moved by the test. */
  clock: { now: number };
  ask(method: string, path: string, more?: Ask): Promise<Answer>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const NOON = Date.UTC(2026, 0, 20, 12);

/** A simulator in this process on a free port, asked with the certificate checked against its own authority. */
export async function startTestConsole(given: Partial<SimulatorOptions> = {}): Promise<TestConsole> {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  const clock = { now: NOON };
  const failures: unknown[] = [];
  const options: SimulatorOptions = {
    data: folder,
    host: '127.0.0.1',
    httpsPort: 0,
    syslogPort: 0,
    apiVersion: NEWEST_VERSION,
    now: () => clock.now,
    report: (error) => failures.push(error),
    ...given,
  };
  const test: TestConsole = {
    simulator: await startSimulator(options),
    folder,
    clock,
    ask: (method, path, more = {}) => ask(test.simulator, method, path, more),
    async restart() {
      await test.simulator.close();
      test.simulator = await startSimulator(options);
    },
    async close() {
      await test.simulator.close();
      rmSync(folder, { recursive: true });
      if (failures.length > 0) throw failures[0];
    },
  };
  return test;
}

function ask(simulator: Simulator, method: string, path: string, more: Ask): Promise<Answer> {
  const url = new URL(`${simulator.url}${more.root ?? '/api'}${path}`);
  for (const [name, value] of Object.entries(more.query ?? {})) url.searchParams.set(name, String(value));
  const body = more.raw ?? (more.body === undefined ? undefined : JSON.stringify(more.body));
  const token = 'token' in more ? more.token : simulator.tokens.admin;
  const headers = {
    ...(token === undefined ? {} : { SEC: token }),
    ...(more.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...more.headers,
  };
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, ca: readFileSync(simulator.caFile), agent: false }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = String(reply.headers['content-type']).startsWith('application/json');
        resolve({
          status: reply.statusCode!,
          headers: reply.headers,
          text,
          json: isJson ? JSON.parse(text) : undefined,
        });
      });
      reply.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** `[status, code]` of a refused request. */
export const refusal = (answer: Answer): [number, unknown] => [answer.status, answer.json?.code];

/** Time of a client that goes `factor` times as fast as the clock on the wall; waits are as much shorter. */
export function acceleratedTime(startMs: number, factor = 1000): Timing & { waits: number[] } {
  const begunAt = performance.now();
  const waits: number[] = [];
  return {
    waits,
    now: () => startMs + (performance.now() - begunAt) * factor,
    random: () => 0.5,
    sleep(ms, signal) {
      waits.push(ms);
      return sleepFor(ms / factor, signal);
    },
  };
}
