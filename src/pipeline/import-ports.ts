import type { DirectoryRecord, ImportFormat, SourceRecord } from '../domain/ingest.ts';
import type { AuditLog } from '../governance/ports.ts';
import type { Chunk, IngestOptions, PlannedFile } from '../ingest/index.ts';

/** What became of a batch; activities, duplicates and dead letters add up to its records. */
export interface StoredBatch {
  activities: number;
  duplicates: number;
  deadLetters: number;
  /** Dead letters by reason. */
  reasons: Record<string, number>;
}

/** Gathers records in memory and stores them batch by batch, each as a whole or not at all. */
export interface RecordWriter {
  startFile(): void;
  add(record: SourceRecord): void;
  addDirectory(records: readonly DirectoryRecord[]): void;
  readonly isFull: boolean;
  commit(): Promise<StoredBatch>;
  close(): void;
}

/** What a line with the same text and time as an earlier one is: another event, or the same one delivered again. */
export type Repeats = 'number' | 'same';

export interface ImportStore {
  audit: AuditLog;
  imports: {
    begin(startedMs: number, format: string): Promise<number>;
    finish(id: number, finishedMs: number, totals: object): Promise<void>;
  };
  activities: { openWriter(importId: number, options?: { batchRows?: number; repeats?: Repeats }): RecordWriter };
}

export interface Ingest {
  planImport(paths: string[], format: ImportFormat): Promise<PlannedFile[]>;
  readChunks(file: PlannedFile, options: IngestOptions, signal?: AbortSignal): AsyncGenerator<Chunk>;
}

export interface ImportProgress {
  file: string;
  /** Bytes on disk, of all files. */
  bytesRead: number;
  bytesTotal: number;
  /** Records read. */
  lines: number;
}

export interface ImportPorts {
  store: ImportStore;
  ingest: Ingest;
  options: IngestOptions;
  /** UTC epoch milliseconds, for the log and the audit chain. */
  now(): number;
  /** Monotonic milliseconds. */
  elapsedMs(): number;
  onProgress?(progress: ImportProgress): void;
  signal?: AbortSignal;
}

export interface ImportResult extends StoredBatch {
  /** Files read. */
  files: number;
  /** activities + duplicates + deadLetters. */
  lines: number;
  seconds: number;
  skipped: { path: string; reason: string }[];
}
