import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ConnectOptions, connectQRadar, type QRadar } from '../src/qradar/connect.ts';
import type { Timing } from '../src/qradar/timing.ts';

const pem = (name: string) => readFileSync(new URL(`./tls/${name}.pem`, import.meta.url), 'utf8');

/** Certificates of the tests: `ca` signed `server` (localhost) and `other` (another name); `stranger` signed nothing. */
export const TLS = { ca: pem('ca'), stranger: pem('stranger') };

export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** An object or array is sent as JSON, a text as it is. */
  body?: unknown;
  /** `before`: the connection ends without a byte of reply; `within`: in the middle of it; `never`: no reply at all. */
  cut?: 'before' | 'within' | 'never';
}

export type Handler = (request: SeenRequest) => Answer | undefined | Promise<Answer | undefined>;

export interface TestConsole {
  url: string;
  requests: SeenRequest[];
  /** Requests of one method and path, in order. */
  seen(method: string, path: string): SeenRequest[];
  close(): Promise<void>;
}

/** The error body of a console. Without `description` it is one of the request checks, with it one of the endpoint. */
export const failure = (status: number, code: number, message: string, description = '', details = {}): Answer => ({
  status,
  body: { message, details, description, code, http_response: { message: 'text of the status', code: status } },
});

/** A page of a list as QRadar cuts it by Range. */
export function ranged(request: SeenRequest, items: readonly unknown[], status = 200): Answer {
  const match = /^items=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const [from, to] = match ? [Number(match[1]), Number(match[2])] : [0, items.length - 1];
  const page = items.slice(from, to + 1);
  return {
    status,
    headers: { 'Content-Range': `items ${from}-${from + page.length - 1}/${items.length}` },
    body: page,
  };
}

/** A console on 127.0.0.1 that answers what the handler says; 404 for what it does not answer. */
export async function startConsole(handler: Handler, certificate: 'server' | 'other' = 'server'): Promise<TestConsole> {
  const requests: SeenRequest[] = [];
  const server = createServer(
    { key: pem(`${certificate}-key`), cert: pem(certificate) },
    async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const url = new URL(incoming.url ?? '/', 'https://console');
      const seen: SeenRequest = {
        method: incoming.method ?? '',
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      requests.push(seen);
      const answer = (await handler(seen)) ?? failure(404, 0, 'no such endpoint');
      if (answer.cut === 'never') return;
      if (answer.cut === 'before') {
        incoming.socket.destroy();
        return;
      }
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? null);
      const headers = { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) };
      outgoing.writeHead(answer.status ?? 200, { ...headers, ...answer.headers });
      if (answer.cut === 'within') outgoing.write(text.slice(0, 1), () => incoming.socket.destroy());
      else outgoing.end(answer.status === 204 ? undefined : text);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    seen: (method, path) => requests.filter((one) => one.method === method && one.path === path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Time that passes only in waits, which take none. */
export function virtualTime(startMs = 1_790_000_000_000): Timing & { waits: number[]; advance(ms: number): void } {
  let nowMs = startMs;
  const waits: number[] = [];
  return {
    waits,
    advance: (ms) => {
      nowMs += ms;
    },
    now: () => nowMs,
    random: () => 0.5,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      nowMs += ms;
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
}

export const TOKEN = '3f2b9c1e-0000-4000-8000-test-token';

export const VERSIONS = [
  { id: 1, version: '12.0', deprecated: true, removed: true },
  { id: 2, version: '19.0', deprecated: true, removed: false },
  { id: 3, version: '26.0', deprecated: false, removed: false },
  { id: 4, version: '99.0', deprecated: false, removed: false },
];

/** A connection to a console that answers the version probe by itself. */
export async function connectTo(
  handler: Handler,
  more: Partial<ConnectOptions> = {},
): Promise<{ qradar: QRadar; console: TestConsole; timing: ReturnType<typeof virtualTime>; close(): Promise<void> }> {
  const console = await startConsole((request) =>
    request.path === '/api/help/versions' ? ranged(request, VERSIONS) : handler(request),
  );
  const timing = virtualTime();
  const qradar = await connectQRadar({
    url: console.url,
    ca: TLS.ca,
    token: { reveal: () => TOKEN },
    version: 'auto',
    requestTimeoutMs: 5000,
    searchTimeoutMs: 600_000,
    budgetShare: 1,
    parallelSearches: 3,
    pageSize: 50,
    ubaAppId: 0,
    timing,
    ...more,
  });
  return {
    qradar,
    console,
    timing,
    async close() {
      qradar.close();
      await console.close();
    },
  };
}

/** The error a promise ends with, for a closer look. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
