import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { askProgram, launchSimulator, type Program, type Ready } from '../simulator-program.ts';

/** The simulator as a command: what it says, how it ends, and what is left of it after kill -9. */
const folders: string[] = [];
const running: Program[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-command-'));
  folders.push(folder);
  return folder;
};
function launch(...args: string[]): Program {
  const program = launchSimulator(...args);
  running.push(program);
  return program;
}
afterEach(async () => {
  for (const one of running.splice(0)) {
    one.child.kill('SIGKILL');
    await one.ended;
  }
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function count(console: Ready, where = ''): Promise<number> {
  const query_expression = `SELECT COUNT(*) AS n FROM events ${where} LAST 30 DAYS`;
  const made = await askProgram(console, 'POST', '/ariel/searches', { query_expression });
  for (let i = 0; i < 100; i++) {
    const { status } = (await askProgram(console, 'GET', `/ariel/searches/${made.json.search_id}`)).json;
    if (status === 'COMPLETED') break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { json } = await askProgram(console, 'GET', `/ariel/searches/${made.json.search_id}/results`);
  await askProgram(console, 'DELETE', `/ariel/searches/${made.json.search_id}`);
  return json.events[0].n;
}

describe('the command', () => {
  it('prints exactly one line, with what a client needs, and ends cleanly on SIGINT', async () => {
    const data = newFolder();
    const program = launch('--data', data, '--people', '30', '--days', '5', '--https-port', '0');
    const ready = await program.ready;
    expect(ready).toEqual({
      type: 'ready',
      url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d{2,5}$/),
      caFile: join(data, 'tls', 'ca.pem'),
      tokens: { admin: expect.any(String), sidecar: expect.any(String), readonly: expect.any(String) },
      syslog: { udp: expect.any(Number), tcp: expect.any(Number), tls: expect.any(Number) },
      truth: join(data, 'truth.jsonl'),
      directory: join(data, 'directory'),
    });
    for (const file of [ready.caFile, ready.truth!, ready.directory!]) expect(existsSync(file)).toBe(true);
    expect(new Set(Object.values(ready.tokens)).size).toBe(3);
    expect(await count(ready)).toBeGreaterThan(3000);
    expect(await count(ready, 'WHERE starttime < NOW() - 432000000 - 86400000')).toBe(0);
    program.child.kill('SIGINT');
    const { code, out, err } = await program.ended;
    expect([code, err]).toEqual([0, '']);
    expect(out.trimEnd().split('\n')).toHaveLength(1);
  });

  it('keeps what it acknowledged through kill -9, and its address book: tokens, authority', async () => {
    const data = newFolder();
    let program = launch('--data', data);
    const first = await program.ready;
    expect(first).not.toHaveProperty('truth');
    const made: string[] = [];
    for (let round = 0; round < 4; round++) {
      const console = await program.ready;
      expect([console.tokens, console.caFile]).toEqual([first.tokens, first.caFile]);
      // Many at once: some are answered when the signal comes, some are not.
      const writing = Array.from({ length: 40 }, async (_, i) => {
        const name = `set ${round}-${i}`;
        const { status } = await askProgram(console, 'POST', '/reference_data/sets', { name, element_type: 'ALN' });
        if (status === 201) made.push(name);
        if (i === 20) program.child.kill('SIGKILL');
      });
      await Promise.allSettled(writing);
      await program.ended;
      program = launch('--data', data);
      const after = await program.ready;
      const { json } = await askProgram(after, 'GET', '/reference_data/sets', { fields: 'name' });
      const kept = json.map((one: { name: string }) => one.name);
      expect(kept).toEqual(expect.arrayContaining(made));
      expect(new Set(kept).size).toBe(kept.length);
    }
    expect(made.length).toBeGreaterThan(40);
  });

  it('is alone on its folder', async () => {
    const data = newFolder();
    const program = launch('--data', data);
    await program.ready;
    const { code, out, err } = await launch('--data', data).ended;
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^undercurrent-simulator: .*another process uses.*\n$/);
    expect((await askProgram(await program.ready, 'GET', '/system/about')).status).toBe(200);
  });

  it('explains itself, and refuses what it does not know in one line', async () => {
    const help = await launch('--help').ended;
    expect([help.code, help.err]).toEqual([0, '']);
    for (const option of ['--data DIR', '--https-port', '--syslog-port', '--people', '--days', '--seed', '--faults'])
      expect(help.out).toContain(option);
    const wrong = await launch('--data', newFolder(), '--peple', '3').ended;
    expect([wrong.code, wrong.out, wrong.err.split('\n')]).toEqual([2, '', [expect.stringContaining('--peple'), '']]);
    const taken = launch('--data', newFolder());
    const port = new URL((await taken.ready).url).port;
    const refused = await launch('--data', newFolder(), '--https-port', port).ended;
    expect([refused.code, refused.err.split('\n').length]).toEqual([2, 2]);
    const faults = await launch('--data', newFolder(), '--faults', '/nowhere/faults.json').ended;
    expect([faults.code, faults.err]).toEqual([2, expect.stringContaining('cannot be read')]);
  });
});
