/** At most `limit()` holders, first come first served. The limit may change at any time; call `wake` when it grew. */
export interface Semaphore {
  /** Resolves with a function that gives the place back; rejects with the reason of the signal. */
  acquire(signal?: AbortSignal): Promise<() => void>;
  wake(): void;
  readonly held: number;
}

export function createSemaphore(limit: () => number): Semaphore {
  const waiting: (() => void)[] = [];
  let held = 0;

  function wake(): void {
    while (held < limit() && waiting.length > 0) {
      held += 1;
      waiting.shift()!();
    }
  }

  function releaseOnce(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      held -= 1;
      wake();
    };
  }

  return {
    acquire(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const stop = () => {
          waiting.splice(waiting.indexOf(start), 1);
          reject(signal?.reason);
        };
        const start = () => {
          signal?.removeEventListener('abort', stop);
          resolve(releaseOnce());
        };
        signal?.addEventListener('abort', stop, { once: true });
        waiting.push(start);
        wake();
      });
    },
    wake,
    get held() {
      return held;
    },
  };
}
