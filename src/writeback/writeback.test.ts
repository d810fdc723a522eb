import { describe, expect, it } from 'vitest';
import { AppError } from '../domain/errors.ts';
import { classifyFailure, pauseAfterMs } from './failures.ts';
import { consoleIdentity, findingIdOf } from './finding-id.ts';

describe('a finding id', () => {
  it('is the same however the console is written, and another for another console or offense', () => {
    const id = findingIdOf(consoleIdentity('https://console.example'), 7);
    expect(id).toBe('f-3d3fcbca2ef6920b');
    expect(findingIdOf(consoleIdentity('https://CONSOLE.example.:443/'), 7)).toBe(id);
    expect(findingIdOf(consoleIdentity('https://console.example:8443'), 7)).not.toBe(id);
    expect(findingIdOf(consoleIdentity('https://console.example'), 8)).not.toBe(id);
  });
});

describe('a failure', () => {
  it.each([
    ['QRADAR_NOT_FOUND', 'give-up'],
    ['QRADAR_CONFLICT', 'give-up'],
    ['QRADAR_REJECTED', 'give-up'],
    ['QRADAR_FORBIDDEN', 'console'],
    ['QRADAR_UNREACHABLE', 'console'],
    ['QRADAR_FAILED', 'later'],
    ['QRADAR_REPLY_INVALID', 'later'],
  ] as const)('%s means %s', (code, kind) => {
    expect(classifyFailure(new AppError(code, 'x'))).toEqual({ kind, code, retryAfterMs: 0 });
  });

  it('of any other kind is tried again, with growing pauses that honour the console', () => {
    expect(classifyFailure(new Error('x'))).toMatchObject({ kind: 'later', code: 'INTERNAL' });
    expect(classifyFailure(Object.assign(new AppError('QRADAR_BUSY', 'x'), { retryAfterMs: 9 }))).toMatchObject({
      retryAfterMs: 9,
    });
    expect([1, 2, 3, 50].map((n) => pauseAfterMs(n))).toEqual([30_000, 60_000, 120_000, 3_600_000]);
    expect(pauseAfterMs(1, 7_200_000)).toBe(7_200_000);
  });
});
