import { describe, expect, it } from 'vitest';
import { type BudgetAccount, type BudgetOptions, createQueryBudget, type SearchCost } from './query-budget.ts';
import type { Timing } from './timing.ts';

function virtualTime(): Timing & { pass(ms: number): void } {
  let nowMs = 0;
  return {
    now: () => nowMs,
    random: () => 0,
    pass: (ms) => {
      nowMs += ms;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      nowMs += ms;
    },
  };
}

const cost = (more: Partial<SearchCost> = {}): SearchCost => ({
  runningMs: 0,
  queuedMs: 0,
  rows: 0,
  reused: false,
  ended: 'completed',
  leftBehind: false,
  ...more,
});

const setUp = (options: Partial<BudgetOptions> = {}) => {
  const time = virtualTime();
  return { time, budget: createQueryBudget({ share: 0.1, parallel: 4, burstMs: 60_000, ...options }, time) };
};

describe('query budget', () => {
  it('holds the share of wall time over a long run', async () => {
    const { time, budget } = setUp();
    for (let i = 0; i < 200; i++) {
      const giveBack = await budget.acquire();
      time.pass(5000);
      giveBack(cost({ runningMs: 5000, rows: 10 }));
    }
    const report = budget.report();
    expect(report.usedShare).toBeGreaterThan(0.095);
    expect(report.usedShare).toBeLessThan(0.102);
    expect(report).toMatchObject({ searches: 200, rows: 2000, runningMs: 1_000_000, allowedShare: 0.1 });
    expect(report.heldBackMs).toBeGreaterThan(0);
  });

  it('saves up no more than a burst', async () => {
    const { time, budget } = setUp();
    time.pass(86_400_000);
    (await budget.acquire())(cost({ runningMs: 16_000 }));
    const before = time.now();
    (await budget.acquire())(cost());
    // 6 s saved, 16 s spent: 10 s of debt at a tenth.
    expect(time.now() - before).toBeCloseTo(100_000, -2);
  });

  it('goes on where the process before it was', async () => {
    const kept: BudgetAccount[] = [];
    const first = setUp({ onSpent: (account) => kept.push(account) });
    (await first.budget.acquire())(cost({ runningMs: 16_000 }));
    // A killed process could not say what its search cost.
    expect(kept).toEqual([
      { balanceMs: 5000, atMs: 0 },
      { balanceMs: -10_000, atMs: 0 },
    ]);
    // Half of the debt was paid in while nothing ran.
    const second = setUp({ account: { balanceMs: -10_000, atMs: -50_000 } });
    await second.budget.acquire();
    expect(second.time.now()).toBeCloseTo(50_000, -2);
  });

  it('lets no more than the places run', async () => {
    const { budget } = setUp({ parallel: 2 });
    const [a] = [await budget.acquire(), await budget.acquire()];
    let third = false;
    const waiting = budget.acquire().then((giveBack) => {
      third = true;
      return giveBack;
    });
    await Promise.resolve();
    expect(third).toBe(false);
    a(cost());
    a(cost());
    (await waiting)(cost());
    expect(budget.report().active).toBe(1);
  });

  it('gives way while searches queue, and comes back slowly', async () => {
    const { time, budget } = setUp({ share: 1 });
    const run = async (queuedMs: number) => (await budget.acquire())(cost({ queuedMs }));
    await run(20_000);
    expect(budget.report()).toMatchObject({ parallelNow: 2, backOffs: 1 });
    const before = time.now();
    await run(20_000);
    expect(time.now() - before).toBe(10_000);
    expect(budget.report().parallelNow).toBe(1);
    await run(20_000);
    expect(time.now() - before).toBe(30_000);
    for (let i = 0; i < 5; i++) await run(0);
    expect(budget.report().parallelNow).toBe(2);
    for (let i = 0; i < 30; i++) await run(100);
    expect(budget.report()).toMatchObject({ parallelNow: 4, backOffs: 3 });
  });

  it('stops waiting when told to, and gives the place back', async () => {
    const { budget } = setUp({ parallel: 1 });
    const giveBack = await budget.acquire();
    const stop = new AbortController();
    const waiting = budget.acquire(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    giveBack(cost({ runningMs: 100_000 }));
    await expect(budget.acquire(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    expect(budget.report()).toMatchObject({ active: 0, searches: 1 });
  });
});
