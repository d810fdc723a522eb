import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestContext } from '../../test/cli-context.ts';
import { AppError } from '../domain/errors.ts';
import { appendEntry } from '../governance/audit-chain.ts';
import type { AuditRow } from '../governance/ports.ts';
import { registerAudit } from './audit.ts';
import { registerConfig } from './config.ts';
import type { CliContext, DataStore } from './context.ts';
import { type CommandEntry, runProgram } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'undercurrent-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A command that fails with whatever it is given. */
const failing = (error: unknown): CommandEntry => ({
  name: 'fail',
  summary: 'fails',
  load: async () => (program) => {
    program.command('fail').action(() => {
      throw error;
    });
  },
});

const neverLoaded: CommandEntry = {
  name: 'heavy',
  summary: 'a heavy command',
  load: () => Promise.reject(new Error('loaded')),
};

async function run(args: string[], commands: CommandEntry[] = [], more: Partial<CliContext> = {}) {
  const context = createTestContext(more);
  const code = await runProgram(args, context, {
    version: '1.2.3',
    commands: [
      neverLoaded,
      { name: 'config', summary: 'configuration', load: async () => registerConfig },
      ...commands,
    ],
  });
  return { code, out: context.printed(), err: context.complained() };
}

describe('undercurrent', () => {
  it('prints help and version without loading a command', async () => {
    const help = await run(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('a heavy command');
    expect(await run(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
    expect((await run(['config', '--help'])).out).toContain('check');
    expect((await run(['help', 'config'])).out).toContain('check');
  });

  it.each([
    [[], 'a command is needed'],
    [['nope'], "unknown command 'nope'"],
    [['confg'], "unknown command 'confg' (Did you mean config?)"],
    [['--nope'], "unknown option '--nope'"],
    [['config'], 'a command is needed'],
    [['config', 'check'], "required option '--config <file>' not specified"],
    [['config', 'check', '--config'], "option '--config <file>' argument missing"],
    [['config', 'example', 'more'], 'too many arguments'],
  ])('answers %j with one line and exit code 2', async (args, text) => {
    const { code, out, err } = await run(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^undercurrent: [^\n]+\n$/);
    expect(err).toContain(text);
  });

  it('turns errors into one line and an exit code', async () => {
    const known = new AppError('NO_DATA', 'nothing\nin \u001b[31m/data');
    expect(await run(['fail'], [failing(known)])).toEqual({
      code: 2,
      out: '',
      err: 'undercurrent: nothing in \\u{1b}[31m/data\n',
    });
    const unknown = await run(['fail'], [failing(new TypeError('x is not a function'))]);
    expect(unknown.code).toBe(1);
    expect(unknown.err).toBe(
      'undercurrent: unexpected failure: x is not a function; run it again with --debug for details\n',
    );
    const debug = await run(['fail', '--debug'], [failing(new TypeError('bad', { cause: new Error('deeper') }))]);
    expect(debug.err).toContain('program.test.ts');
    expect(debug.err).toContain('deeper');
    expect((await run(['fail'], [failing('a string')])).code).toBe(1);
    expect((await run(['fail'], [failing(new AppError('STOPPED', 'stopped'))])).code).toBe(130);
    expect((await run(['fail'], [failing(new DOMException('The operation was aborted', 'AbortError'))])).code).toBe(
      130,
    );
  });
});

describe('undercurrent config', () => {
  const fileWith = (text: string) => {
    const path = join(folder, 'c.yaml');
    writeFileSync(path, text);
    return path;
  };

  it('checks a file: every problem on a line of its own, exit code 2', async () => {
    const path = fileWith('log: {level: loud}\nstorag: {}\n');
    const { code, out, err } = await run(['config', 'check', '--config', path]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trim().split('\n')).toEqual([
      `undercurrent: ${path}:1:14: log.level is "loud"; accepted: one of silent, error, warn, info, debug, trace`,
      `undercurrent: ${path}:2:9: storag is (a group); there is no such key; accepted: storage`,
    ]);
    const json = await run(['config', 'check', '--json', '--config', path]);
    expect(
      json.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).type),
    ).toEqual(['problem', 'problem', 'config']);
  });

  it('accepts its own example', async () => {
    const path = fileWith((await run(['config', 'example'])).out);
    expect(await run(['config', 'check', '--config', path])).toEqual({
      code: 0,
      out: `${path}: no problem found\n`,
      err: '',
    });
  });
});

describe('undercurrent audit verify', () => {
  const rows: AuditRow[] = [];
  let closed = 0;
  const store = {
    audit: {
      last: async () => rows.at(-1),
      append: async (row: AuditRow) => rows.push(row) > 0,
      async *entries() {
        yield* rows;
      },
    },
    close: async () => {
      closed++;
    },
  };
  const audit: CommandEntry = { name: 'audit', summary: 'audit', load: async () => registerAudit };
  const verify = (...args: string[]) =>
    run(['audit', 'verify', '--data', folder, ...args], [audit], {
      openStore: async () => store as unknown as DataStore,
    });

  it('prints the head of an intact chain, and exits 1 where it is broken', async () => {
    for (let i = 0; i < 3; i++) await appendEntry(store.audit, 'import', { files: i }, i);
    const head = `3:${rows[2]!.hash}`;
    expect(await verify()).toEqual({ code: 0, out: `audit chain intact: 3 entries; head ${head}\n`, err: '' });
    expect((await verify('--head', head)).code).toBe(0);
    rows.pop();
    expect(await verify('--head', head)).toMatchObject({ code: 1, err: expect.stringContaining('entry 3') });
    rows[1] = { ...rows[1]!, body: '{"files":9}' };
    const broken = await verify('--json');
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.out)).toMatchObject({ type: 'audit', ok: false, firstBroken: 2 });
    expect(broken.err).toContain('broken at entry 2');
    expect(await verify('--head', 'x')).toMatchObject({ code: 2, out: '' });
    expect(closed).toBe(4);
  });
});

describe('the process', () => {
  const script = `
    import { createContext } from '${new URL('./create-context.ts', import.meta.url)}';
    import { followLauncher } from '${new URL('./follow-launcher.ts', import.meta.url)}';
    import { runProgram } from '${new URL('./program.ts', import.meta.url)}';
    followLauncher();
    const { context, exitCodeOf } = createContext(() => Promise.reject(new Error('none')));
    const wait = (program, context) => program.command('wait').action(async () => {
      process.stdout.write('ready\\n');
      const timer = setInterval(() => {}, 1000);
      await new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));
    });
    const flood = (program, context) => program.command('flood').action(async () => {
      for (;;) { await context.stdout.write('x'.repeat(65536)); await new Promise(setImmediate); }
    });
    const commands = [{ name: 'wait', summary: '', load: async () => wait }, { name: 'flood', summary: '', load: async () => flood }];
    process.exit(exitCodeOf(await runProgram(process.argv.slice(1), context, { version: '0', commands })));
  `;
  const start = (command: string) =>
    spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script, command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const ending = (child: ReturnType<typeof start>) =>
    new Promise<{ code: number | null; err: string }>((resolve) => {
      let err = '';
      child.stderr.on('data', (chunk) => {
        err += chunk;
      });
      child.on('close', (code) => resolve({ code, err }));
    });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('stops on %s with exit code %i', async (signal, code) => {
    const child = start('wait');
    const end = ending(child);
    child.stdout.once('data', () => child.kill(signal));
    expect(await end).toEqual({ code, err: `undercurrent: stopped by ${signal}\n` });
  });

  it('stops quietly when the reader of its output goes away', async () => {
    const child = start('flood');
    const end = ending(child);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await end).toEqual({ code: 141, err: '' });
  });

  it('ends with its launcher, and is not kept alive by it', async () => {
    const launched = (command: string) =>
      spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script, command], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: { ...process.env, UNDERCURRENT_LAUNCHER: '1' },
      }) as unknown as ReturnType<typeof start>;
    const exitOf = (child: ReturnType<typeof start>) =>
      new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    const waiting = launched('wait');
    waiting.stdout.once('data', () => waiting.disconnect());
    expect(await exitOf(waiting)).toBe(137);
    expect(await exitOf(launched('--version'))).toBe(0);
  });
});
