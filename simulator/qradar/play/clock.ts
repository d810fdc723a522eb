/** The console's clock: real time, or time that begins at a given instant and runs at another speed. */
export interface Clock {
  now(): number;
}

export function createClock(real: () => number, given: { baseMs?: number; speed?: number } = {}): Clock {
  const startedMs = real();
  const baseMs = given.baseMs ?? startedMs;
  const speed = given.speed ?? 1;
  return { now: () => Math.round(baseMs + (real() - startedMs) * speed) };
}
