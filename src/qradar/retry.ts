import { QRadarError } from './errors.ts';
import type { Timing } from './timing.ts';

export interface RetryPolicy {
  /** Attempts in all. */
  attempts: number;
  firstDelayMs: number;
  maxDelayMs: number;
  /** A longer `Retry-After` is not waited for; the error says it. */
  maxRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 5,
  firstDelayMs: 500,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 300_000,
};

/**
 * Wait before attempt `failed + 1`: exponential with full jitter above a tenth, so that clients part and none spins.
 * `Retry-After` is a floor, with jitter on top.
 */
export function backOffMs(failed: number, policy: RetryPolicy, random: number, retryAfterMs = 0): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (failed - 1));
  return Math.round(Math.max(retryAfterMs, 0) + ceiling * (0.1 + 0.9 * random));
}

/**
 * May this very request be sent again? A request that is safe to repeat: whenever waiting can help. Any other: only when it
 * certainly had no effect, which is when it never left or was turned away by a rate limit.
 */
export function mayRepeat(error: unknown, isRepeatable: boolean): error is QRadarError {
  if (!(error instanceof QRadarError) || !error.retryable || error.code === 'QRADAR_NOT_READY') return false;
  return isRepeatable || error.outcome === 'none' || error.status === 429;
}

/** Runs `attempt` until it succeeds, may not be repeated, or the policy is used up. */
export async function withRetry<T>(
  attempt: () => Promise<T>,
  isRepeatable: boolean,
  policy: RetryPolicy,
  timing: Timing,
  signal?: AbortSignal,
): Promise<T> {
  for (let failed = 1; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      if (failed >= policy.attempts || !mayRepeat(error, isRepeatable)) throw error;
      if ((error.retryAfterMs ?? 0) > policy.maxRetryAfterMs) throw error;
      await timing.sleep(backOffMs(failed, policy, timing.random(), error.retryAfterMs), signal);
    }
  }
}
