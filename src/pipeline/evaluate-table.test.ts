import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { hasShared, sharedPath } from '../../test/shared-data.ts';
import { findDetector } from '../detect/detectors.ts';
import { measureRanking } from '../numeric/ranking.ts';
import { evaluateTable } from './evaluate-table.ts';
import { readTable } from './read-table.ts';
import { parseNumber, splitFields } from './table-fields.ts';

const folder = mkdtempSync(join(tmpdir(), 'undercurrent-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function write(content: string | Buffer): string {
  const file = join(folder, `${count++}.csv`);
  writeFileSync(file, content);
  return file;
}

describe('numbers', () => {
  it('are read as JavaScript reads them', () => {
    const read = (text: string) => {
      const bytes = Buffer.from(`x${text}y`);
      return parseNumber(bytes, 1, bytes.length - 1);
    };
    fc.assert(
      fc.property(
        fc.oneof(fc.double({ noNaN: true }), fc.float({ noNaN: true }), fc.integer()),
        (value) => Object.is(read(String(value)), value) || (value === 0 && read(String(value)) === 0),
      ),
      { seed: 1, numRuns: 2000 },
    );
    for (const text of ['', '-', '.', '1e', '0x10', '1_0', 'abc', '1 2', '--1']) expect(read(text)).toBeNaN();
    for (const text of [' 1.5 ', '+1.5', '1.50', '15e-1', '.15E1']) expect(read(text)).toBe(1.5);
    expect([read('-inf'), read('Infinity')]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('may stand in quotes', () => expect(splitFields('"a, ""b""",c,', ',')).toEqual(['a, "b"', 'c', '']));
});

describe('table', () => {
  it('is read with missing values, quotes, line ends of Windows, a byte order mark and gzip', async () => {
    const text = '\ufeff"a, b",label,c\r\n1,0,\r\n"2",1,NA\r\n\r\n-3.5,0,nan';
    for (const content of [text, gzipSync(text)]) {
      const { matrix, names, labels } = await readTable(write(content), 'label');
      expect(names).toEqual(['a, b', 'c']);
      expect(Array.from(labels)).toEqual([0, 1, 0]);
      expect(Array.from(matrix.data)).toEqual([1, Number.NaN, 2, Number.NaN, -3.5, Number.NaN]);
    }
  });

  it.each([
    ['', 'the file is empty'],
    ['a,label\n', 'there is no row'],
    ['a,b\n1,0\n', 'no column is named "label"; the columns are a, b'],
    ['label,label,a\n1,0,1\n', '2 columns are named "label"'],
    ['label\n1\n0\n', 'no column beside the label'],
    ['a,label\n1,0\n2,1\nx,1\n', 'line 4, column "a": "x", but a number is expected'],
    ['a,label\n1,2\n', 'line 2, column "label": "2", but a label is 0 or 1'],
    ['a,label\n1,\n', 'line 2, column "label": "", but a label is 0 or 1'],
    ['a,label\n1,0,3\n', 'line 2 has 3 fields, but the header has 2 columns'],
    ['a,label\n1\n', 'line 2 has 1 fields'],
    ['a,label\n1,0\n2,0\n', 'every label in "label" is 0'],
  ])('says what is wrong with %j', async (content, message) => {
    await expect(readTable(write(content), 'label')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message),
    });
  });

  it('says when it cannot be read', async () => {
    await expect(readTable(join(folder, 'none.csv'), 'label')).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    await expect(readTable(folder, 'label')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const cut = gzipSync('a,label\n1,0\n2,1\n'.repeat(100)).subarray(0, 40);
    await expect(readTable(write(cut), 'label')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});

describe('ranking', () => {
  it('is measured as scikit-learn measures it, ties included', () => {
    // roc_auc_score and average_precision_score of scikit-learn 1.2.1
    const scores = [0.1, 0.4, 0.35, 0.8, 0.8, 0.4, 0.2];
    const { aucRoc, aucPr, positives } = measureRanking(scores, [0, 0, 1, 1, 0, 1, 0]);
    expect(positives).toBe(3);
    expect(aucRoc).toBeCloseTo(0.6666666666666666, 12);
    expect(aucPr).toBeCloseTo(0.5333333333333333, 12);
    expect(measureRanking([1, 2], [0, 0]).aucRoc).toBeNaN();
  });
});

describe.skipIf(!hasShared('adbench'))('on published tables', () => {
  const figures = async (name: string, id: string) =>
    evaluateTable(sharedPath('adbench', `${name}.csv.gz`), findDetector(id)!, {
      label: 'label',
      seed: 0,
      threads: 1,
      clockMs: () => performance.now(),
    });

  it('reports what it measured', async () => {
    expect(await figures('wbc', 'isolation-forest')).toMatchObject({
      dataset: 'wbc',
      detector: 'isolation-forest',
      rows: 223,
      columns: 9,
      anomalies: 10,
      seed: 0,
      threads: 1,
    });
  });

  it.each([
    ['isolation-forest', 0.9],
    ['autoencoder', 0.85],
    ['ensemble', 0.91],
  ])('%s keeps its quality', async (id, least) => {
    let sum = 0;
    for (const name of ['cardio', 'vowels', 'breastw', 'thyroid', 'ionosphere'])
      sum += (await figures(name, id)).aucRoc / 5;
    expect(sum).toBeGreaterThan(least);
  });
});
