import pino from 'pino';
import { SECRET_NAME, type Secret } from '../config/secrets.ts';
import type { Logger } from './context.ts';

const MAX_DEPTH = 6;

export interface LoggerOptions {
  level: string;
  /** Takes one line at a time, with its line break. */
  write(line: string): void;
  now(): number;
  /** Their texts are cut out of every line, wherever they stand. */
  secrets: readonly Secret[];
}

/**
 * JSON lines on standard error (pino). Every field whose name sounds like a secret is masked at any depth, before pino
 * sees it; `Secret` objects mask themselves. Errors are logged by type, code and message, without their other fields.
 */
export function createLogger({ level, write, now, secrets }: LoggerOptions): Logger {
  const clean = (line: string) =>
    secrets.reduce((text, secret) => text.replaceAll(JSON.stringify(secret.reveal()).slice(1, -1), '[secret]'), line);
  const log = pino(
    { level, base: null, timestamp: () => `,"time":"${new Date(now()).toISOString()}"` },
    { write: (line: string) => write(clean(line)) },
  );
  return {
    debug: (fields, message) => log.debug(maskFields(fields), message),
    info: (fields, message) => log.info(maskFields(fields), message),
    warn: (fields, message) => log.warn(maskFields(fields), message),
    error: (fields, message) => log.error(maskFields(fields), message),
  };
}

export function maskFields(value: object, depth = 0): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value))
    masked[name] = SECRET_NAME.test(name) ? '[secret]' : mask(field, depth);
  return masked;
}

function mask(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error)
    return { type: value.name, code: 'code' in value ? value.code : undefined, message: value.message };
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON();
  if (depth >= MAX_DEPTH) return '(deeper)';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => mask(item, depth + 1));
  return maskFields(value, depth + 1);
}
