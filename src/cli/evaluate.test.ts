import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestContext } from '../../test/cli-context.ts';
import { DETECTORS } from '../detect/detectors.ts';
import { registerEvaluate } from './evaluate.ts';
import { runProgram } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'undercurrent-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = Array.from({ length: 60 }, (_, i) => (i < 57 ? `${i % 7},${(i * 3) % 5},0` : `40,${-i},1`));
const table = join(folder, 'made-up.csv');
writeFileSync(table, `a,b,odd\n${rows.join('\n')}\n`);

async function run(...args: string[]) {
  const context = createTestContext();
  const code = await runProgram(['evaluate', ...args], context, {
    version: '1',
    commands: [{ name: 'evaluate', summary: 'measure', load: async () => registerEvaluate }],
  });
  return { code, printed: context.printed(), complained: context.complained() };
}

describe('evaluate table', () => {
  it.each(DETECTORS.map(({ id }) => id))('prints one JSON line for %s', async (detector) => {
    const { code, printed } = await run(
      'table',
      table,
      '--label',
      'odd',
      '--detector',
      detector,
      '--seed',
      '3',
      '--json',
    );
    expect(code).toBe(0);
    expect(printed.endsWith('}\n')).toBe(true);
    const line = JSON.parse(printed);
    expect(Object.keys(line).slice(0, 12)).toEqual([
      ...['type', 'dataset', 'detector', 'rows', 'columns', 'anomalies'],
      ...['aucRoc', 'aucPr', 'fitSeconds', 'scoreSeconds', 'seed', 'threads'],
    ]);
    expect(line).toMatchObject({
      type: 'table',
      dataset: 'made-up',
      detector,
      rows: 60,
      columns: 2,
      anomalies: 3,
      seed: 3,
    });
    expect(line.aucRoc).toBeGreaterThan(0.9);
  });

  it('prints a table for people', async () => {
    const { code, printed } = await run('table', table, '--label', 'odd', '--detector', 'isolation-forest');
    expect(code).toBe(0);
    expect(printed).toMatch(/AUC-ROC +1\.0000/);
  });

  it.each([
    [['table', table, '--label', 'none', '--detector', 'ensemble'], 'no column is named "none"'],
    [['table', join(folder, 'x.csv'), '--label', 'odd', '--detector', 'ensemble'], 'cannot be read'],
    [['table', table, '--label', 'odd', '--detector', 'magic'], 'Allowed choices are'],
    [['table', table, '--label', 'odd', '--detector', 'ensemble', '--seed', '-1'], 'whole number'],
    [['table', table, '--label', 'odd', '--detector', 'ensemble', '--threads', '0'], 'whole number'],
    [['table', table, '--detector', 'ensemble'], '--label'],
  ])('%j is refused in one line', async (args, message) => {
    const { code, printed, complained } = await run(...args, '--json');
    expect([code, printed]).toEqual([2, '']);
    expect(complained).toContain(message);
    expect(complained.trimEnd()).not.toContain('\n');
  });
});
