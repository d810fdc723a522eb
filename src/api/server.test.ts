import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Anomaly } from '../domain/findings.ts';
import type { PartState } from '../pipeline/service-parts.ts';
import { type StatusServer, startStatusServer } from './server.ts';
import type { ServiceStatus } from './status.ts';

const part = (more: Partial<PartState> = {}): PartState => ({
  name: 'events',
  isRequired: true,
  runs: 3,
  failures: 0,
  failuresInRow: 0,
  lastSuccessMs: 1_700_000_000_000,
  lastDurationMs: 250,
  problem: undefined,
  ...more,
});

const status = (parts: PartState[]): ServiceStatus => ({
  version: '1.2.3',
  phase: 'assist',
  startedMs: 1_700_000_000_000,
  parts,
  counters: [
    { name: 'activities_total', help: 'Activities stored.', value: 42, labels: { source: 'ariel' } },
    { name: 'activities_total', help: 'Activities stored.', value: 7, labels: { source: 'sys"log\n' } },
  ],
  gauges: [{ name: 'spool_bytes', help: 'Bytes waiting.', value: 12 }],
});

let server: StatusServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const finding: Anomaly = {
  id: 'a-1',
  day: '2026-01-05',
  person: 'p-0123456789abcdef',
  score: 81,
  alert: true,
  recurrence: 1,
  deviations: [],
  evidence: [],
  text: 'much copied',
};

const start = async (parts: PartState[]) => {
  server = await startStatusServer(0, {
    status: async () => status(parts),
    findings: async (limit) => Array.from({ length: limit }, () => finding),
  });
  return server.url;
};

/** `fetch` does not let a test say another host. */
const statusFor = (url: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const call = request(url, { headers: { host } }, (reply) => resolve(reply.resume().statusCode));
    call.on('error', reject).end();
  });

describe('status server', () => {
  it('is healthy, and ready only when every required part is', async () => {
    const url = await start([part(), part({ name: 'flows', isRequired: false, lastSuccessMs: undefined })]);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const ready = await fetch(`${url}/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { ready: true, reasons: [] }]);
  });

  it('says why it is not ready, by code and without the message', async () => {
    const url = await start([
      part({ problem: { code: 'QRADAR_BUSY', message: 'about jdoe', sinceMs: 1 } }),
      part({ name: 'offenses', lastSuccessMs: undefined }),
    ]);
    const ready = await fetch(`${url}/ready`);
    const body = await ready.text();
    expect(ready.status).toBe(503);
    expect(JSON.parse(body).reasons).toEqual(['events: QRADAR_BUSY', 'offenses: has not run yet']);
    expect(body).not.toContain('jdoe');
  });

  it('gives metrics in the text format of Prometheus, labels escaped', async () => {
    const url = await start([part()]);
    const reply = await fetch(`${url}/metrics`);
    const text = await reply.text();
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toContain('undercurrent_activities_total{source="ariel"} 42');
    expect(text).toContain('undercurrent_activities_total{source="sys\\"log\\n"} 7');
    expect(text).toContain('undercurrent_spool_bytes 12');
    expect(text).toContain('undercurrent_part_last_success_seconds{part="events"} 1700000000');
    expect(text).toContain('undercurrent_info{version="1.2.3",phase="assist"} 1');
    expect(text).toContain('undercurrent_process_cpu_seconds_total');
    // Twice: no figure adds up over two readings.
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('undercurrent_activities_total{source="ariel"} 42');
  });

  it('lists findings, as many as asked for within bounds', async () => {
    const url = await start([part()]);
    const reply = await (await fetch(`${url}/findings?limit=2`)).json();
    expect(reply).toEqual({ findings: [finding, finding] });
    for (const limit of ['0', '1001', 'x']) expect((await fetch(`${url}/findings?limit=${limit}`)).status).toBe(400);
  });

  it('answers nobody who comes by another host name', async () => {
    const url = await start([part()]);
    expect(await statusFor(`${url}/metrics`, 'evil.example')).toBe(421);
    expect(await statusFor(`${url}/metrics`, 'localhost')).toBe(200);
  });
});
