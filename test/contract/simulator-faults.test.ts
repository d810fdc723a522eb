import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FaultSettings, Faults, NO_FAULTS, parseFaults } from '../../simulator/qradar/play/faults.ts';
import { contribute } from '../../simulator/qradar/state/offenses.ts';
import { NOON, refusal, startTestConsole, type TestConsole } from '../simulator-client.ts';

let console: TestConsole;
const use = (more: Partial<FaultSettings>) => console.simulator.world.faults.use({ ...NO_FAULTS, ...more });
const about = () => console.ask('GET', '/system/about');

beforeAll(async () => {
  console = await startTestConsole();
});
afterEach(() => use({}));
afterAll(() => console.close());

describe('faults', () => {
  it('let requests wait', async () => {
    use({ latencyMs: [120, 150] });
    const before = performance.now();
    expect((await about()).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(118);
  });

  it("answer 503 in QRadar's form and 429 with Retry-After", async () => {
    use({ error503Rate: 1 });
    expect(refusal(await about())).toEqual([503, 1010]);
    use({ error429Rate: 1, retryAfterSeconds: 7 });
    const many = await about();
    expect([many.status, many.headers['retry-after']]).toEqual([429, '7']);
  });

  it('strike at their rate, the same for the same seed', async () => {
    const run = async (seed: number) => {
      use({ error503Rate: 0.5, seed });
      const statuses: number[] = [];
      for (let i = 0; i < 20; i++) statuses.push((await about()).status);
      return statuses.join();
    };
    const first = await run(3);
    expect(first).toContain('200');
    expect(first).toContain('503');
    expect(await run(3)).toBe(first);
    expect(await run(4)).not.toBe(first);
  });

  it('cut connections before a request or behind it', async () => {
    const offense = contribute(console.simulator.world.state, {
      rule: { id: 1, name: 'r' },
      username: 'jdoe',
      domainId: 0,
      timeMs: NOON,
      nowMs: NOON,
      eventName: 'e',
      category: 'c',
      severity: 1,
      credibility: 1,
      logSource: { id: 1, name: 'l', type_id: 12, type_name: 't' },
    });
    const path = `/siem/offenses/${offense.id}/notes`;
    const post = (note_text: string) => console.ask('POST', path, { query: { note_text } });
    use({ cutBeforeRate: 1 });
    await expect(post('lost')).rejects.toThrow(/socket hang up|ECONNRESET/);
    use({ cutAfterRate: 1 });
    await expect(post('kept')).rejects.toThrow(/socket hang up|ECONNRESET/);
    use({});
    expect((await console.ask('GET', path)).json.map((one: { note_text: string }) => one.note_text)).toEqual(['kept']);
  });

  it('let a token expire and be good again', async () => {
    use({ expiredTokens: ['sidecar'] });
    const token = console.simulator.tokens.sidecar;
    expect(refusal(await console.ask('GET', '/system/about', { token }))).toEqual([401, 18]);
    expect((await about()).status).toBe(200);
    use({});
    expect((await console.ask('GET', '/system/about', { token })).status).toBe(200);
  });

  it('set the clock wrong', async () => {
    use({ clockSkewMs: 90_000 });
    const reason = await console.ask('POST', '/reference_data_collections/sets', {
      body: { name: 'skewed', entry_type: 'ALN' },
    });
    expect(reason.json.creation_time).toBe(NOON + 90_000);
  });
});

describe('a faults file', () => {
  it.each([
    ['no', 'not JSON'],
    ['[]', 'must hold an object'],
    ['{"latency":[1,2]}', 'faults: latency must be one of seed, latencyMs'],
    ['{"latencyMs":5}', 'two numbers of milliseconds'],
    ['{"error503Rate":2}', 'faults: error503Rate must be a number from 0 to 1'],
    ['{"expiredTokens":"sidecar"}', 'a list of labels'],
    ['{"slowArielMs":-1}', 'faults: slowArielMs must be a number'],
  ])('%s', (text, message) => expect(() => parseFaults(text)).toThrow(message));

  it('is looked at again while the console runs, and a mistake in it changes nothing', async () => {
    const path = join(console.folder, 'faults.json');
    const complaints: unknown[] = [];
    writeFileSync(path, '{"error503Rate":1}');
    const faults = new Faults(path, (error) => complaints.push(error));
    expect(faults.settings.error503Rate).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 550));
    writeFileSync(path, '{"error503Rate":0.25}');
    expect(faults.settings.error503Rate).toBe(0.25);
    await new Promise((resolve) => setTimeout(resolve, 550));
    writeFileSync(path, 'broken');
    expect(faults.settings.error503Rate).toBe(0.25);
    expect(complaints).toHaveLength(1);
    expect(() => new Faults('/nowhere/faults.json', () => {})).toThrow('cannot be read');
  });
});
