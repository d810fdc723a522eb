import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFolder, withStore } from '../../test/store-folder.ts';
import { AppError } from '../domain/errors.ts';
import type { SourceRecord } from '../domain/ingest.ts';
import { verifyChain } from '../governance/audit-chain.ts';
import type { AuditLog, AuditRow } from '../governance/ports.ts';
import * as ingest from '../ingest/index.ts';
import { importPaths } from './import.ts';
import type { ImportPorts, ImportProgress, Ingest } from './import-ports.ts';

const LOG = [
  ...Array.from(
    { length: 40 },
    (_, i) =>
      `LEEF:2.0|Microsoft|Windows Security|10.0|4624|x09|devTime=${1_767_600_000_000 + i}\tcat=authentication\tusrName=CORP\\u${i % 4}\tidentHostName=PC-1`,
  ),
  'LEEF:broken',
  'nothing known',
].join('\n');

const ports = (store: ImportPorts['store'], more: Partial<ImportPorts> = {}): ImportPorts => ({
  store,
  ingest,
  options: ingest.DEFAULT_INGEST_OPTIONS,
  now: () => 1000,
  elapsedMs: () => 0,
  ...more,
});

async function rowsOf(audit: AuditLog): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  for await (const row of audit.entries()) rows.push(row);
  return rows;
}

const dead = (line: number): SourceRecord => ({
  origin: 'x',
  line,
  raw: `line ${line}`,
  outcome: { kind: 'dead-letter', reason: 'bad-json', detail: '' },
});

/** Two files of chunks of one record; `onChunk` is called before each. */
const slowIngest = (onChunk: (file: string, n: number) => void): Ingest => ({
  planImport: async () => ['a', 'b'].map((path) => ({ path, format: 'jsonl', bytes: 10, role: 'records' as const })),
  async *readChunks(file) {
    for (let n = 1; n <= 5; n++) {
      onChunk(file.path, n);
      yield { records: [dead(n + (file.path === 'b' ? 5 : 0))], directory: [], bytesRead: n * 2 };
    }
  },
});

describe('importPaths', () => {
  it('accounts for every line, and for all of them as known when it runs again', () =>
    withFolder(async (folder) => {
      const logs = join(folder, 'logs');
      await mkdir(logs);
      await writeFile(join(logs, 'a.leef'), LOG);
      await writeFile(join(logs, 'README.md'), 'text');
      await withStore(join(folder, 'data'), async (store) => {
        const first = await importPaths([logs], 'auto', ports(store));
        expect(first).toMatchObject({ files: 1, lines: 42, activities: 40, duplicates: 0, deadLetters: 2, seconds: 0 });
        expect(Object.values(first.reasons).reduce((a, b) => a + b)).toBe(2);
        expect(first.skipped).toEqual([{ path: join(logs, 'README.md'), reason: 'documentation' }]);
        const again = await importPaths([logs], 'auto', ports(store));
        expect(again).toMatchObject({ lines: 42, activities: 0, duplicates: 40, deadLetters: 2 });
        expect(await verifyChain(store.audit.entries())).toMatchObject({ ok: true, entries: 4 });
        const kinds = (await rowsOf(store.audit)).map(({ kind }) => kind);
        expect(kinds).toEqual(['import.start', 'import.end', 'import.start', 'import.end']);
        const log = await store.records.selectFrom('import_log').select(['id', 'finished_ms', 'totals']).execute();
        expect(log.map(({ id, finished_ms }) => [id, finished_ms])).toEqual([
          [1, 1000],
          [2, 1000],
        ]);
        expect(JSON.parse(log[0]!.totals!)).toMatchObject({ outcome: 'finished', activities: 40 });
      });
    }));

  it('stores what was read before it was told to stop, and says so', () =>
    withFolder((folder) =>
      withStore(folder, async (store) => {
        const stopping = new AbortController();
        const progress: ImportProgress[] = [];
        const run = importPaths(
          ['x'],
          'auto',
          ports(store, {
            ingest: slowIngest((file, n) => {
              if (file === 'b' && n === 3) stopping.abort(new AppError('STOPPED', 'stopped by SIGINT'));
            }),
            signal: stopping.signal,
            onProgress: (now) => progress.push(now),
          }),
        );
        await expect(run).rejects.toMatchObject({ code: 'STOPPED', message: expect.stringContaining('again') });
        expect(await store.records.selectFrom('dead_letter').select('line').execute()).toHaveLength(8);
        expect(progress.at(-1)).toEqual({ file: 'b', bytesRead: 16, bytesTotal: 20, lines: 8 });
        const end = (await rowsOf(store.audit)).at(-1)!;
        expect(JSON.parse(end.body)).toMatchObject({ outcome: 'stopped', deadLetters: 8, files: 1 });
      }),
    ));

  it('stores what was read before a file turned out unreadable', () =>
    withFolder((folder) =>
      withStore(folder, async (store) => {
        const broken = slowIngest((file, n) => {
          if (file === 'b' && n === 2) throw new AppError('INPUT_NOT_FOUND', 'b: disk error');
        });
        await expect(importPaths(['x'], 'auto', ports(store, { ingest: broken }))).rejects.toMatchObject({
          code: 'INPUT_NOT_FOUND',
        });
        expect(await store.records.selectFrom('dead_letter').select('line').execute()).toHaveLength(6);
      }),
    ));
});
