import type { Writable } from 'node:stream';
import { AppError } from '../domain/errors.ts';
import type { Output } from './context.ts';

/** Whether the other end of a pipe has closed it (`undercurrent ... | head`). */
const isBrokenPipe = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');

/**
 * Wraps a stream (standard output). `write` waits while the stream is full, so memory stays bounded however slowly the
 * reader reads. Once the reader has gone, `onClosed` is called once and every write rejects with STOPPED.
 */
export function createOutput(stream: Writable & { columns?: number }, onClosed: () => void = () => {}): Output {
  let failure: AppError | undefined;
  let wake: (() => void) | undefined;
  const wakeUp = () => {
    wake?.();
    wake = undefined;
  };
  stream.on('error', (error) => {
    const first = failure === undefined;
    failure ??= isBrokenPipe(error)
      ? new AppError('STOPPED', 'the reader of the output has gone')
      : new AppError('INTERNAL', `cannot write the output: ${error.message}`);
    wakeUp();
    if (first) onClosed();
  });
  stream.on('drain', wakeUp);
  return {
    columns: stream.columns ?? 0,
    get closed() {
      return failure !== undefined;
    },
    async write(text) {
      if (failure) throw failure;
      if (stream.write(text)) return;
      await new Promise<void>((resolve) => {
        const before = wake;
        wake = () => {
          before?.();
          resolve();
        };
      });
      if (failure) throw failure;
    },
  };
}

/** Resolves when everything written so far has left the process (or the reader has gone). */
export const flushStream = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });

/**
 * Numbers that JSON cannot hold (NaN, infinities) become null: an unknown value is a gap, never zero. The text has no
 * character that a terminal acts on, because JSON escapes C0 controls and this escapes C1, bidirectional and separator
 * characters as well.
 */
export function formatJsonLine(record: object): string {
  const text = JSON.stringify(record);
  return `${text.replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, escapeUnit)}\n`;
}

const escapeUnit = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

export interface JsonLines {
  write(record: object): Promise<void>;
  /** Writes what is buffered. Call it before the command ends. */
  end(): Promise<void>;
}

/** JSON lines on standard output, gathered into writes of about 64 KiB. */
export function createJsonLines(output: Output): JsonLines {
  let pending = '';
  const flush = async () => {
    const text = pending;
    pending = '';
    if (text !== '') await output.write(text);
  };
  return {
    async write(record) {
      pending += formatJsonLine(record);
      if (pending.length >= 65_536) await flush();
    },
    end: flush,
  };
}
