import { AppError, ERROR_CODES, messageOf } from '../domain/errors.ts';

/** Something `serve` does again and again. */
export interface ServicePart {
  name: string;
  /** Parts of one lane never run at the same time. */
  lane: string;
  /** Pause after a run that left nothing to do. */
  everyMs: number;
  /** The service is not ready before it succeeded once, and not while it fails. */
  isRequired: boolean;
  /** One bounded step. `more`: there is more to do at once. */
  run(signal: AbortSignal): Promise<'more' | 'idle'>;
}

/** How a part is doing; times in UTC epoch milliseconds. */
export interface PartState {
  name: string;
  isRequired: boolean;
  runs: number;
  failures: number;
  /** Failures since the last success. */
  failuresInRow: number;
  lastSuccessMs: number | undefined;
  lastDurationMs: number | undefined;
  /** Of the last failure, until the next success. */
  problem: { code: string; message: string; sinceMs: number } | undefined;
}

export interface ServiceTiming {
  now(): number;
  /** Rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

export interface RunPartsOptions {
  parts: readonly ServicePart[];
  timing: ServiceTiming;
  signal: AbortSignal;
  onSuccess?(state: PartState): void;
  onFailure?(state: PartState, error: unknown): void;
}

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 300_000;

export const startState = ({ name, isRequired }: ServicePart): PartState => ({
  name,
  isRequired,
  runs: 0,
  failures: 0,
  failuresInRow: 0,
  lastSuccessMs: undefined,
  lastDurationMs: undefined,
  problem: undefined,
});

/**
 * Runs all parts until the signal aborts; resolves when the last step has ended. A part that fails is tried again after a
 * growing, jittered pause, whatever the error: a token can be renewed, a console come back. No failure ends the service.
 */
export async function runParts(options: RunPartsOptions, states: ReadonlyMap<string, PartState>): Promise<void> {
  const lanes = new Map<string, Lane>();
  for (const { lane } of options.parts) if (!lanes.has(lane)) lanes.set(lane, createLane());
  await Promise.all(
    options.parts.map((part) => keepRunning(part, states.get(part.name)!, lanes.get(part.lane)!, options)),
  );
}

type Lane = <T>(work: () => Promise<T>) => Promise<T>;

/** First come, first served. */
function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}

async function keepRunning(part: ServicePart, state: PartState, lane: Lane, options: RunPartsOptions): Promise<void> {
  const { timing, signal } = options;
  while (!signal.aborted) {
    const pauseMs = await lane(() => runOnce(part, state, options));
    if (pauseMs > 0) await timing.sleep(pauseMs, signal).catch(() => {});
  }
}

/** @returns the pause before the next run, in milliseconds */
async function runOnce(part: ServicePart, state: PartState, options: RunPartsOptions): Promise<number> {
  const { timing, signal } = options;
  if (signal.aborted) return 0;
  const startedMs = timing.now();
  state.runs += 1;
  try {
    const left = await part.run(signal);
    state.lastSuccessMs = timing.now();
    state.lastDurationMs = state.lastSuccessMs - startedMs;
    state.failuresInRow = 0;
    state.problem = undefined;
    options.onSuccess?.(state);
    return left === 'more' ? 0 : part.everyMs;
  } catch (error) {
    if (signal.aborted) return 0;
    const code = error instanceof AppError ? error.code : 'INTERNAL';
    state.failures += 1;
    state.failuresInRow += 1;
    state.problem = { code, message: messageOf(error).slice(0, 500), sinceMs: state.problem?.sinceMs ?? timing.now() };
    options.onFailure?.(state, error);
    return waitAfterFailure(state.failuresInRow, ERROR_CODES[code].retryable, timing.random());
  }
}

/** Waiting helps little against a failure that is not of the passing kind: begin higher. */
function waitAfterFailure(failuresInRow: number, isPassing: boolean, random: number): number {
  const doubled = FIRST_WAIT_MS * 2 ** Math.min(20, failuresInRow - 1 + (isPassing ? 0 : 3));
  return Math.min(LONGEST_WAIT_MS, doubled) * (0.5 + random / 2);
}
