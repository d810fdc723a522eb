import { AppError } from '../domain/errors.ts';
import type { ImportFormat } from '../domain/ingest.ts';
import { appendEntry } from '../governance/audit-chain.ts';
import type { PlannedFile } from '../ingest/index.ts';
import type { ImportPorts, ImportResult, RecordWriter, StoredBatch } from './import-ports.ts';

/** Reads every log file under the paths into the store. See `importFiles`. */
export async function importPaths(paths: string[], format: ImportFormat, ports: ImportPorts): Promise<ImportResult> {
  return importFiles(await ports.ingest.planImport(paths, format), format, ports);
}

/**
 * Reads the planned files into the store. Every record comes out as activity, duplicate or dead letter. What was read when a
 * file turns out unreadable or the signal aborts is stored all the same; then the error is thrown (STOPPED for a signal).
 * Running the same import again goes on where it ended: what is stored already counts as duplicate.
 */
export async function importFiles(
  plan: readonly PlannedFile[],
  format: ImportFormat,
  ports: ImportPorts,
): Promise<ImportResult> {
  const { store } = ports;
  const startedMs = ports.elapsedMs();
  const files = plan.filter(({ role }) => role !== 'skipped');
  const importId = await store.imports.begin(ports.now(), format);
  await appendEntry(store.audit, 'import.start', { import: importId, format, files: files.length }, ports.now());
  const writer = store.activities.openWriter(importId);
  const run = new ImportRun(ports, writer, files);
  let outcome = 'finished';
  try {
    await run.readAll();
  } catch (error) {
    outcome = ports.signal?.aborted ? 'stopped' : 'failed';
    throw ports.signal?.aborted ? stopped(run.totals, error) : error;
  } finally {
    writer.close();
    const totals = { ...run.totals, reasons: sortKeys(run.totals.reasons), files: run.filesRead, lines: run.lines };
    await appendEntry(store.audit, 'import.end', { import: importId, outcome, ...totals }, ports.now());
    await store.imports.finish(importId, ports.now(), { outcome, ...totals });
  }
  return {
    files: run.filesRead,
    lines: run.lines,
    ...run.totals,
    reasons: sortKeys(run.totals.reasons),
    seconds: Math.round(ports.elapsedMs() - startedMs) / 1000,
    skipped: plan.flatMap(({ role, path, reason }) => (role === 'skipped' ? [{ path, reason: reason ?? '' }] : [])),
  };
}

const stopped = (totals: StoredBatch, cause: unknown): AppError =>
  new AppError(
    'STOPPED',
    `stopped; ${totals.activities} new activities are stored. Run the same import again to read the rest`,
    { cause },
  );

class ImportRun {
  readonly totals: StoredBatch = { activities: 0, duplicates: 0, deadLetters: 0, reasons: {} };
  filesRead = 0;
  readonly #ports: ImportPorts;
  readonly #writer: RecordWriter;
  readonly #files: readonly PlannedFile[];

  constructor(ports: ImportPorts, writer: RecordWriter, files: readonly PlannedFile[]) {
    this.#ports = ports;
    this.#writer = writer;
    this.#files = files;
  }

  get lines(): number {
    return this.totals.activities + this.totals.duplicates + this.totals.deadLetters;
  }

  async readAll(): Promise<void> {
    let failure: { error: unknown } | undefined;
    try {
      await this.#readFiles();
    } catch (error) {
      failure = { error };
    }
    // What was gathered is good, whatever happened to the rest.
    await this.#commit().catch((error: unknown) => {
      failure ??= { error };
    });
    if (failure) throw failure.error;
  }

  async #readFiles(): Promise<void> {
    const { ingest, options, signal, onProgress } = this.#ports;
    const bytesTotal = this.#files.reduce((sum, { bytes }) => sum + bytes, 0);
    let bytesBefore = 0;
    let lines = 0;
    for (const file of this.#files) {
      signal?.throwIfAborted();
      this.#writer.startFile();
      for await (const chunk of ingest.readChunks(file, options, signal)) {
        for (const record of chunk.records) {
          if (this.#writer.isFull) await this.#commit();
          this.#writer.add(record);
        }
        this.#writer.addDirectory(chunk.directory);
        lines += chunk.records.length;
        onProgress?.({ file: file.path, bytesRead: bytesBefore + chunk.bytesRead, bytesTotal, lines });
        signal?.throwIfAborted();
      }
      bytesBefore += file.bytes;
      this.filesRead += 1;
    }
  }

  async #commit(): Promise<void> {
    const batch = await this.#writer.commit();
    this.totals.activities += batch.activities;
    this.totals.duplicates += batch.duplicates;
    this.totals.deadLetters += batch.deadLetters;
    for (const [reason, count] of Object.entries(batch.reasons))
      this.totals.reasons[reason] = (this.totals.reasons[reason] ?? 0) + count;
  }
}

const sortKeys = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
