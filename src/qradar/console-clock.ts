import type { Timing } from './timing.ts';
import type { Transport } from './transport.ts';

/** A console that does not tell its time is taken to be this far behind our clock. */
const UNKNOWN_LAG_MS = 300_000;

export interface ConsoleClock {
  /** Notes the time of every reply. */
  transport: Transport;
  /** What the `Date` of the latest reply said, to the second below; without one our clock less five minutes. */
  latest(): number;
}

export function watchClock(transport: Transport, timing: Pick<Timing, 'now'>): ConsoleClock {
  let latestMs: number | undefined;
  return {
    transport: {
      async send(request) {
        const reply = await transport.send(request);
        const date = reply.headers.date;
        const ms = typeof date === 'string' ? Date.parse(date) : Number.NaN;
        latestMs = Number.isNaN(ms) ? undefined : ms;
        return reply;
      },
      close: () => transport.close(),
    },
    latest: () => latestMs ?? timing.now() - UNKNOWN_LAG_MS,
  };
}
