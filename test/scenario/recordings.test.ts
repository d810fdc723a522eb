import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../simulator/enterprise/generate.ts';
import { writeEnterprise } from '../../simulator/enterprise/write-enterprise.ts';
import { parseDay } from '../../src/domain/time.ts';
import { hasShared, sharedPath } from '../shared-data.ts';
import { type Line, linesOf, run } from './enterprise-session.ts';
import { layRecordings } from './recordings.ts';

const PEOPLE = 60;
const DAYS = 40;
const FIRST = parseDay('2026-01-05')!;
/** Accounts that carry out the techniques in the recordings. */
const ATTACKERS = ['pgustavo', 'wardog', 'pedro', 'sbeavers'];

describe.skipIf(!hasShared('otrf-windows'))('recorded attacks laid on days of an ordinary month', () => {
  let folder: string;
  let recorded: number;
  let imported: Line;
  let anomalies: Line[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'undercurrent-recordings-'));
    const logs = join(folder, 'logs');
    const company = generateEnterprise({ people: PEOPLE, days: DAYS, seed: 17, scenarios: false });
    const { written } = writeEnterprise(company, { format: 'jsonl', out: logs });
    const laid = layRecordings(sharedPath('otrf-windows'), join(logs, 'recordings'), {
      fromDay: FIRST + 14,
      toDay: FIRST + DAYS - 2,
      seed: 17,
    });
    recorded = written + laid.reduce((sum, { lines }) => sum + lines, 0);
    const data = join(folder, 'data');
    const result = await run('import', logs, '--data', data, '--json');
    expect(result).toMatchObject({ code: 0, err: '' });
    imported = linesOf(result.out).at(-1)!;
    const analysed = await run('analyze', '--data', data, '--json', '--reveal');
    expect(analysed).toMatchObject({ code: 0, err: '' });
    anomalies = linesOf(analysed.out).filter(({ type }) => type === 'anomaly');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('accounts for every line', () => {
    expect(imported).toMatchObject({ type: 'import', lines: recorded });
    expect(imported.activities + imported.duplicates + imported.deadLetters).toBe(recorded);
    expect(imported.deadLetters / recorded).toBeLessThan(0.01);
  });

  it('names the attacking accounts at the default budget', () => {
    const named = ATTACKERS.filter((name) =>
      anomalies.some(({ user, score }) => user.toLowerCase().includes(name) && score >= 50),
    );
    expect(named.length, `named: ${named.join(', ')}`).toBeGreaterThanOrEqual(3);
  });

  it('says why in figures', () => {
    const theirs = anomalies.filter(({ user }) => ATTACKERS.some((name) => user.toLowerCase().includes(name)));
    for (const { deviations, evidence, text } of theirs) {
      expect(text).toMatch(/\d/);
      expect(evidence.length).toBeGreaterThan(0);
      expect(deviations.length).toBeGreaterThan(0);
      for (const deviation of deviations) expect(deviation.text).toMatch(/\d+.*\w+/);
    }
  });
});
