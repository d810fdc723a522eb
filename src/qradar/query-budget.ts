import { createSemaphore } from './semaphore.ts';
import type { Timing } from './timing.ts';

export interface BudgetOptions {
  /** Share of wall time in which searches may run, summed over the parallel ones; (0, 1]. */
  share: number;
  /** Most searches at the same time. */
  parallel: number;
  /** Unused share that is kept for later, as wall time. */
  burstMs?: number;
  /** A search that waits longer than this in the console's queue halves the parallel searches and brings a pause. */
  queuedTooLongMs?: number;
  firstPauseMs?: number;
  maxPauseMs?: number;
  /** Of a process before this one; without it all that can be saved up is there. */
  account?: BudgetAccount | undefined;
  /**
   * Told before and after each search, to be kept for the next process: a restart must not fill the account. Searches that
   * run are taken to cost what the others did, for a process that is killed cannot say.
   */
  onSpent?: ((account: BudgetAccount) => void) | undefined;
}

/** What was left at a time, UTC epoch milliseconds. Less than nothing is debt. */
export interface BudgetAccount {
  balanceMs: number;
  atMs: number;
}

/** What the searches cost the console since the start. Times in milliseconds. */
export interface BudgetReport {
  sinceMs: number;
  elapsedMs: number;
  searches: number;
  failed: number;
  cancelled: number;
  /** Answered by a search that was already there. */
  reused: number;
  rows: number;
  /** Time in which searches ran, without queueing; summed over parallel ones. */
  runningMs: number;
  /** Time searches stood in the console's queue. */
  queuedMs: number;
  /** Time work here waited for the budget. */
  heldBackMs: number;
  allowedShare: number;
  /** runningMs / elapsedMs */
  usedShare: number;
  active: number;
  parallelNow: number;
  parallelAllowed: number;
  backOffs: number;
  /** Searches that could not be deleted after reading and stay until the console drops them. */
  leftBehind: number;
}

export interface SearchCost {
  runningMs: number;
  queuedMs: number;
  rows: number;
  reused: boolean;
  ended: 'completed' | 'failed' | 'cancelled';
  leftBehind: boolean;
}

export interface QueryBudget {
  /** Waits for a free place and for time in the budget. The place must be given back with the cost. */
  acquire(signal?: AbortSignal): Promise<(cost: SearchCost) => void>;
  report(): BudgetReport;
}

const ONE_WAIT_MS = 60_000;
/** Searches without queueing before one more may run in parallel. */
const CALM_SEARCHES = 5;
/** Of the first search. */
const UNKNOWN_COST_MS = 1000;

/**
 * Time is an account: `share` of the wall time is paid in, each search pays what it ran afterwards, and nothing starts
 * while the account is in debt. Queueing on the console means others need it: fewer in parallel at once, more again slowly.
 */
export function createQueryBudget(options: BudgetOptions, timing: Timing): QueryBudget {
  const { share, parallel, queuedTooLongMs = 15_000, firstPauseMs = 10_000, maxPauseMs = 600_000 } = options;
  const capMs = share * (options.burstMs ?? 900_000);
  const sinceMs = timing.now();
  const spent = { searches: 0, failed: 0, cancelled: 0, reused: 0, rows: 0, runningMs: 0, queuedMs: 0, leftBehind: 0 };
  let balanceMs = Math.min(capMs, options.account?.balanceMs ?? capMs);
  let paidInAtMs = Math.min(sinceMs, options.account?.atMs ?? sinceMs);
  let parallelNow = parallel;
  let pauseMs = 0;
  let pausedUntilMs = 0;
  let calm = 0;
  let backOffs = 0;
  let heldBackMs = 0;
  const places = createSemaphore(() => parallelNow);

  function payIn(): void {
    const nowMs = timing.now();
    balanceMs = Math.min(capMs, balanceMs + Math.max(0, nowMs - paidInAtMs) * share);
    paidInAtMs = nowMs;
  }

  function waitNeededMs(): number {
    payIn();
    const forBalance = balanceMs > 0 ? 0 : -balanceMs / share + 1;
    return Math.max(forBalance, pausedUntilMs - timing.now());
  }

  function tell(): void {
    const usualMs = spent.searches === 0 ? UNKNOWN_COST_MS : spent.runningMs / spent.searches;
    options.onSpent?.({ balanceMs: balanceMs - places.held * usualMs, atMs: paidInAtMs });
  }

  function adapt(queuedMs: number): void {
    if (queuedMs > queuedTooLongMs) {
      backOffs += 1;
      calm = 0;
      parallelNow = Math.max(1, Math.floor(parallelNow / 2));
      pauseMs = Math.min(maxPauseMs, Math.max(firstPauseMs, pauseMs * 2));
      pausedUntilMs = timing.now() + pauseMs;
      return;
    }
    calm += 1;
    if (calm < CALM_SEARCHES) return;
    calm = 0;
    pauseMs = Math.floor(pauseMs / 2);
    parallelNow = Math.min(parallel, parallelNow + 1);
    places.wake();
  }

  return {
    async acquire(signal) {
      const askedAtMs = timing.now();
      const release = await places.acquire(signal);
      try {
        for (let waitMs = waitNeededMs(); waitMs > 0; waitMs = waitNeededMs())
          await timing.sleep(Math.min(waitMs, ONE_WAIT_MS), signal);
      } catch (error) {
        release();
        throw error;
      }
      heldBackMs += timing.now() - askedAtMs;
      tell();
      return (cost) => {
        payIn();
        balanceMs -= cost.runningMs;
        spent.searches += 1;
        spent.runningMs += cost.runningMs;
        spent.queuedMs += cost.queuedMs;
        spent.rows += cost.rows;
        if (cost.reused) spent.reused += 1;
        if (cost.leftBehind) spent.leftBehind += 1;
        if (cost.ended !== 'completed') spent[cost.ended] += 1;
        adapt(cost.queuedMs);
        release();
        tell();
      };
    },
    report() {
      const elapsedMs = Math.max(0, timing.now() - sinceMs);
      return {
        sinceMs,
        elapsedMs,
        ...spent,
        heldBackMs,
        allowedShare: share,
        usedShare: elapsedMs === 0 ? 0 : spent.runningMs / elapsedMs,
        active: places.held,
        parallelNow,
        parallelAllowed: parallel,
        backOffs,
      };
    },
  };
}
