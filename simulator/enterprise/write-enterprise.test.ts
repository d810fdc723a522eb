import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateEnterprise } from './generate.ts';
import { LOOKALIKES } from './lookalikes/index.ts';
import { SCENARIOS } from './scenarios/plan.ts';
import { writeEnterprise } from './write-enterprise.ts';

const folder = mkdtempSync(join(tmpdir(), 'enterprise-'));
const at = (...parts: string[]): string => join(folder, ...parts);
const options = { people: 60, days: 24, seed: 8, scenarios: Object.keys(SCENARIOS) };
const filesUnder = (path: string): string[] =>
  readdirSync(path).flatMap((name) =>
    statSync(join(path, name)).isDirectory() ? filesUnder(join(path, name)) : [join(path, name)],
  );
const csv = (path: string): Record<string, string>[] => parse(readFileSync(path), { columns: true });

beforeAll(() => {
  const enterprise = generateEnterprise(options);
  writeEnterprise(enterprise, {
    format: 'jsonl',
    out: at('jsonl'),
    truth: at('truth', 'jsonl.jsonl'),
    aliases: at('aliases.csv'),
  });
  writeEnterprise(enterprise, { format: 'leef', out: at('leef'), gzip: true });
  writeEnterprise(enterprise, { format: 'cert', out: at('cert') });
  writeEnterprise(enterprise, { format: 'cert', out: at('cert42'), certRelease: '4.2' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('written logs', () => {
  it('are JSON objects without absent fields', () => {
    const lines = readFileSync(at('jsonl', 'activities.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(50_000);
    for (const line of lines.slice(0, 3000)) {
      const record = JSON.parse(line) as Record<string, unknown>;
      expect(record.time).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      for (const value of Object.values(record)) expect(['', 0, false, null]).not.toContain(value);
    }
  });

  it('are LEEF 2.0 with an RFC 5424 header', () => {
    const lines = gunzipSync(readFileSync(at('leef', 'activities.leef.gz')))
      .toString()
      .trimEnd()
      .split('\n');
    const form = /^<134>1 \S+Z \S+ \S+ - - - LEEF:2\.0\|[^|]+\|[^|]+\|[^|]+\|[^|]+\|x09\|(?:\w+=[^\t]*\t)*\w+=[^\t]*$/;
    for (const line of lines) expect(line).toMatch(form);
    expect(lines.some((l) => l.includes('|Microsoft|Windows Security|10.0|4624|x09|'))).toBe(true);
  });

  it.each([
    ['cert', 'device', ['id', 'date', 'user', 'pc', 'file_tree', 'activity']],
    ['cert', 'http', ['id', 'date', 'user', 'pc', 'url', 'activity', 'content']],
    ['cert42', 'http', ['id', 'date', 'user', 'pc', 'url', 'content']],
    ['cert42', 'file', ['id', 'date', 'user', 'pc', 'filename', 'content']],
    [
      'cert',
      'email',
      ['id', 'date', 'user', 'pc', 'to', 'cc', 'bcc', 'from', 'activity', 'size', 'attachments', 'content'],
    ],
    ['cert', 'logon', ['id', 'date', 'user', 'pc', 'activity']],
    [
      'cert',
      'file',
      ['id', 'date', 'user', 'pc', 'filename', 'activity', 'to_removable_media', 'from_removable_media', 'content'],
    ],
  ])('%s/%s.csv has the columns of the layout, plain ids and US dates', (layout, kind, columns) => {
    const rows = csv(at(layout, `${kind}.csv`));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(columns);
      expect(row.user).toMatch(/^[A-Z]{3}\d{4}$/);
      expect(row.date).toMatch(/^\d\d\/\d\d\/2026 \d\d:\d\d:\d\d$/);
    }
  });

  it('come with monthly directory exports that know every user', () => {
    const users = new Set(
      readdirSync(at('cert', 'LDAP')).flatMap((name) => csv(at('cert', 'LDAP', name)).map((r) => r.user_id)),
    );
    for (const row of csv(at('cert', 'logon.csv'))) expect(users.has(row.user)).toBe(true);
    expect(csv(at('cert', 'psychometric.csv'))).toHaveLength(options.people);
    expect(csv(at('aliases.csv')).length).toBeGreaterThan(2 * options.people);
  });

  it('hold no word of the ground truth', () => {
    const words = [
      'insider',
      'scenario',
      'lookalike',
      'look-alike',
      'masquerad',
      'intensity',
      'ground',
      'malicious',
      ...Object.keys(SCENARIOS),
      ...LOOKALIKES.map((l) => l.kind),
    ];
    const files = ['jsonl', 'leef', 'cert', 'cert42'].flatMap((name) => filesUnder(at(name)));
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) {
      const bytes = readFileSync(file);
      const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').toLowerCase();
      for (const word of words) expect(text.includes(word), `${word} in ${file}`).toBe(false);
    }
  });

  it('leave the ground truth where it was asked for', () => {
    const records = readFileSync(at('truth', 'jsonl.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l) as { type: string });
    expect(new Set(records.map((r) => r.type))).toEqual(
      new Set(['insider', 'lookalike', 'person', 'event', 'role-change']),
    );
    expect(existsSync(at('jsonl', 'truth.jsonl'))).toBe(false);
  });
});
