import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formatExample } from './format-example.ts';
import { checkConfig, formatProblem, loadConfig } from './load-config.ts';
import { readSettings } from './read-settings.ts';
import { suggestKey } from './suggest-key.ts';
import { listSettings } from './walk-schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'undercurrent-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(text: string, name = 'undercurrent.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const problemsOf = (text: string): string[] => {
  const result = readSettings(text);
  return result.ok ? [] : result.problems.map((problem) => formatProblem(problem, 'f'));
};

const TOKEN = '5b1e7b3c-0d0f-4a55-9a3e-aabbccddeeff';

describe('configuration', () => {
  it('has a default, a sentence and an accepted value for every setting', () => {
    const settings = listSettings();
    expect(settings.length).toBeGreaterThan(15);
    for (const setting of settings) {
      expect(setting.description, setting.key).toMatch(/^[A-Za-z].{15,}\.$|^required: .+\.$/);
      expect(setting.accepted, setting.key).toMatch(/^(a|an|one|the) /);
      expect(setting.default, setting.key).toBeDefined();
    }
  });

  it('is frozen, resolves paths against the file, and lets --data win', async () => {
    const file = fileWith('storage: {keyFile: keys/data.key}\nidentity: {aliasesFile: /etc/aliases.csv}\n');
    const config = await loadConfig({ file, env: {}, workingDirectory: '/srv', dataDirectory: 'here' });
    expect(config.storage.keyFile).toBe(join(folder, 'keys/data.key'));
    expect(config.identity.aliasesFile).toBe('/etc/aliases.csv');
    expect(config.data.directory).toBe('/srv/here');
    expect(() => Object.assign(config.storage, { keyFile: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(config.time.holidays, ['x'])).toThrow(TypeError);
  });

  it('works without a file', async () => {
    const config = await loadConfig({ env: { UNDERCURRENT_KEY_FILE: 'k' }, workingDirectory: '/w' });
    expect(config.data.directory).toBe('/w/undercurrent-data');
    expect(config.storage.keyFile).toBe('/w/k');
  });

  it('names key, value, place and what is accepted', () => {
    expect(problemsOf('storage:\n  retentionDays: abc\n')).toEqual([
      'f:2:18: storage.retentionDays is "abc"; accepted: a whole number from 1 to 36500 (days)',
    ]);
    expect(problemsOf('time: {zone: Mars/Olympus, holidays: [2026-02-30]}')).toEqual([
      'f:1:14: time.zone is "Mars/Olympus"; accepted: an IANA time zone such as Europe/Berlin, or UTC',
      'f:1:39: time.holidays[0] is "2026-02-30"; accepted: a calendar day written YYYY-MM-DD',
    ]);
    expect(problemsOf('ingest: {sensitivePatterns: [{pattern: pay}]}')[0]).toContain(
      'ingest.sensitivePatterns[0].level',
    );
    expect(problemsOf('analysis: {minScore: .nan, seed: 1.5, alertBudgetPerDay: true}')).toHaveLength(3);
    expect(problemsOf('- a list')[0]).toContain('accepted: a group of settings');
  });

  it('suggests the key that was meant', () => {
    expect(problemsOf('storage:\n  keyfile: x\n')).toEqual([
      'f:2:12: storage.keyfile is "x"; there is no such key; accepted: storage.keyFile',
    ]);
    expect(problemsOf('anlysis: {}')[0]).toContain('accepted: analysis');
    expect(problemsOf('retentionDays: 5')[0]).toContain('accepted: storage.retentionDays');
    expect(problemsOf('log: {colour: red}')[0]).toContain('accepted: one of level');
    expect(suggestKey('zebra', ['log.level'])).toBeUndefined();
  });

  it('reports YAML errors with line and column', () => {
    expect(problemsOf('storage:\n  keyFile: "x\n')[0]).toMatch(/^f:\d+:\d+: accepted: valid YAML \(.+\)$/);
    expect(problemsOf('log: {level: info}\nlog: {level: warn}\n')[0]).toMatch(/^f:2:1: .*unique/);
    expect(problemsOf('a: &a [x]\nb: [*a,*a]\nc: !!js/function "x"\n')[0]).toContain('valid YAML');
  });

  it('takes an empty file and empty sections as all defaults', () => {
    expect(readSettings('')).toEqual(readSettings('time:\nlog: {}\n'));
    expect(readSettings('').ok).toBe(true);
  });

  it('asks for the extension when encryption is required', async () => {
    const result = await checkConfig({ file: fileWith('storage: {encryption: required}'), env: {} });
    expect(result).toMatchObject({ ok: false, problems: [{ key: 'storage.duckdbExtension' }] });
  });

  it('says which file cannot be read', async () => {
    await expect(loadConfig({ file: '/no/such.yaml', env: {} })).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
      message: 'cannot read /no/such.yaml: there is no such file',
    });
  });

  it('never throws on any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => void readSettings(text)));
    fc.assert(fc.property(fc.json({ maxDepth: 3 }), (text) => void readSettings(text)));
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefg'].map((c, i) => `${c}: &${c} [${`*${'abcdef'[i]},`.repeat(9)}]`).join('\n')}`;
    expect(readSettings(bomb).ok).toBe(false);
  });
});

describe('example', () => {
  it('is a valid configuration that gives exactly the defaults', () => {
    expect(readSettings(formatExample())).toEqual(readSettings(''));
  });
  it('shows every setting', () => {
    for (const { name } of listSettings()) expect(formatExample()).toContain(`  ${name}: `);
  });
});

describe('secrets', () => {
  it('come from the environment or a file, and never show themselves', async () => {
    const direct = await loadConfig({ env: { UNDERCURRENT_QRADAR_TOKEN: TOKEN } });
    const file = fileWith(`${TOKEN}\n`, 'token');
    const fromFile = await loadConfig({ env: { UNDERCURRENT_QRADAR_TOKEN_FILE: file } });
    for (const config of [direct, fromFile]) {
      expect(config.qradar.token?.reveal()).toBe(TOKEN);
      for (const shown of [
        inspect(config, { depth: 9, showHidden: true }),
        JSON.stringify(config),
        `${config.qradar.token}`,
      ])
        expect(shown).not.toContain(TOKEN);
    }
    expect((await loadConfig({ env: {} })).qradar.token).toBeUndefined();
  });

  it('are refused in the file, and hidden in every message', async () => {
    const texts = [
      `qradar: {token: ${TOKEN}}`,
      `token: ${TOKEN}`,
      `qradar: {apiKey: {a: ${TOKEN}}}`,
      `password: ${TOKEN}`,
      `qradar: {url: "https://admin:${TOKEN}@console"}`,
      `qradar: {url: "http://admin:${TOKEN}@console/x@y"}`,
    ];
    for (const text of texts) {
      expect(problemsOf(text)).toHaveLength(1);
      expect(problemsOf(text)[0]).not.toContain(TOKEN);
    }
    const cases = [
      { UNDERCURRENT_QRADAR_TOKEN: TOKEN, UNDERCURRENT_QRADAR_TOKEN_FILE: '/x' },
      { UNDERCURRENT_QRADAR_TOKEN: `${TOKEN}\nX-Other: header` },
      { UNDERCURRENT_QRADAR_TOKEN_FILE: fileWith('  \n', 'empty') },
    ];
    for (const env of cases) {
      const result = await checkConfig({ env });
      expect(result.ok).toBe(false);
      expect(JSON.stringify(result)).not.toContain(TOKEN);
    }
  });
});
