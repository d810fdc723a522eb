import { Writable } from 'node:stream';
import type { CliContext } from '../src/cli/context.ts';
import { createOutput } from '../src/cli/output.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { AppError } from '../src/domain/errors.ts';

/** A context that keeps what a command prints; anything can be replaced. */
export function createTestContext(
  more: Partial<CliContext> = {},
): CliContext & { printed(): string; complained(): string } {
  let out = '';
  let err = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      out += String(chunk);
      done();
    },
  });
  return {
    stdout: createOutput(stream),
    stderr: {
      write: (text) => {
        err += text;
      },
      isTTY: false,
      columns: 0,
    },
    env: {},
    now: () => 0,
    signal: new AbortController().signal,
    loadConfig: (options) => loadConfig({ file: options.config, dataDirectory: options.data, env: more.env ?? {} }),
    createLogger: async () => ({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }),
    openStore: async () => {
      throw new AppError('NO_DATA', 'no store in this test');
    },
    ...more,
    printed: () => out,
    complained: () => err,
  };
}
