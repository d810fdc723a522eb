import { describe, expect, it } from 'vitest';
import { AppError } from '../domain/errors.ts';
import { type PartState, runParts, type ServicePart, startState } from './service-parts.ts';

/** Time that only moves by sleeping. */
function setUp(parts: ServicePart[]) {
  const stopping = new AbortController();
  const clock = { nowMs: 0, sleeps: [] as number[] };
  const states = new Map(parts.map((part) => [part.name, startState(part)]));
  const failures: PartState[] = [];
  const timing = {
    now: () => clock.nowMs,
    random: () => 1,
    async sleep(ms: number) {
      clock.sleeps.push(ms);
      clock.nowMs += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const onFailure = (state: PartState) => failures.push({ ...state });
  const running = runParts({ parts, timing, signal: stopping.signal, onFailure }, states);
  return { stopping, clock, states, failures, running };
}

const part = (name: string, run: ServicePart['run'], more: Partial<ServicePart> = {}): ServicePart => ({
  name,
  lane: name,
  everyMs: 1000,
  isRequired: true,
  run,
  ...more,
});

describe('service parts', () => {
  it('go on at once while there is more to do, and pause when there is not', async () => {
    let runs = 0;
    const test = setUp([
      part('reader', async () => {
        runs += 1;
        if (runs === 5) test.stopping.abort();
        return runs < 4 ? 'more' : 'idle';
      }),
    ]);
    await test.running;
    expect(runs).toBe(5);
    expect(test.clock.sleeps.slice(0, 1)).toEqual([1000]);
  });

  it('wait longer after each failure, longer for what does not pass by itself, and forget it after a success', async () => {
    let runs = 0;
    const test = setUp([
      part('reader', async () => {
        runs += 1;
        if (runs <= 3) throw new AppError('QRADAR_BUSY', 'busy');
        if (runs === 5) throw new AppError('QRADAR_UNAUTHORIZED', 'expired');
        if (runs === 7) test.stopping.abort();
        return 'idle';
      }),
    ]);
    await test.running;
    expect(test.clock.sleeps.slice(0, 6)).toEqual([2000, 4000, 8000, 1000, 16_000, 1000]);
    expect(test.failures.map(({ problem }) => problem?.code)).toEqual([
      'QRADAR_BUSY',
      'QRADAR_BUSY',
      'QRADAR_BUSY',
      'QRADAR_UNAUTHORIZED',
    ]);
    expect(test.failures[2]!.problem?.sinceMs).toBe(0);
    expect(test.states.get('reader')).toMatchObject({ failures: 4, failuresInRow: 0, problem: undefined });
  });

  it('of one lane never run at the same time; other lanes do', async () => {
    const active = new Set<string>();
    const seen = new Set<string>();
    let left = 30;
    const work = (name: string) => async () => {
      active.add(name);
      seen.add([...active].sort().join());
      await new Promise((resolve) => setTimeout(resolve, 1));
      active.delete(name);
      if (--left <= 0) test.stopping.abort();
      return 'more' as const;
    };
    const test = setUp([
      part('a', work('a'), { lane: 'one' }),
      part('b', work('b'), { lane: 'one' }),
      part('c', work('c'), { lane: 'two' }),
    ]);
    await test.running;
    expect([...seen].some((both) => both.includes('a') && both.includes('b'))).toBe(false);
    expect([...seen].some((both) => both === 'a,c' || both === 'b,c')).toBe(true);
  });

  it('end without a failure when stopped in the middle of a step', async () => {
    const test = setUp([
      part('reader', async (signal) => {
        setTimeout(() => test.stopping.abort(new AppError('STOPPED', 'stop')), 5);
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        return 'idle';
      }),
    ]);
    await test.running;
    expect(test.failures).toEqual([]);
  });
});
