import { AppError, type ErrorCode } from '../domain/errors.ts';

/**
 * What a failed attempt means: `give-up` the console will not take this note; `console` nothing can be written at present,
 * to any offense; `later` this one may succeed another time.
 */
export interface Failure {
  kind: 'give-up' | 'console' | 'later';
  code: ErrorCode;
  /** How long the console asked to wait. */
  retryAfterMs: number;
}

const GIVE_UP: ReadonlySet<ErrorCode> = new Set(['QRADAR_NOT_FOUND', 'QRADAR_CONFLICT', 'QRADAR_REJECTED']);
const CONSOLE: ReadonlySet<ErrorCode> = new Set([
  'QRADAR_UNREACHABLE',
  'QRADAR_BUSY',
  'QRADAR_UNAUTHORIZED',
  'QRADAR_FORBIDDEN',
  'QRADAR_CERTIFICATE',
  'QRADAR_VERSION',
  'QRADAR_NOT_CONFIGURED',
  'QRADAR_RIGHTS_MISSING',
]);

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;

export function classifyFailure(error: unknown): Failure {
  const code = error instanceof AppError ? error.code : 'INTERNAL';
  const asked = error instanceof Error && 'retryAfterMs' in error ? error.retryAfterMs : undefined;
  return {
    kind: GIVE_UP.has(code) ? 'give-up' : CONSOLE.has(code) ? 'console' : 'later',
    code,
    retryAfterMs: typeof asked === 'number' && asked > 0 ? asked : 0,
  };
}

/** Pause after the n-th failure in a row: half a minute, doubled up to an hour; never less than the console asked for. */
export const pauseAfterMs = (attempts: number, retryAfterMs = 0): number =>
  Math.max(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(20, attempts - 1)), retryAfterMs);
