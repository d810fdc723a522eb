import { readFileSync } from 'node:fs';
import { type FaultSettings, NO_FAULTS } from '../simulator/qradar/play/faults.ts';
import { type ConnectOptions, connectQRadar, type QRadar } from '../src/qradar/connect.ts';
import { createTransport, type HttpReply, type HttpRequest, type Transport } from '../src/qradar/transport.ts';
import { acceleratedTime, NOON, type TestConsole } from './simulator-client.ts';

/** What goes between client and simulator, and a hand on it. */
export interface Wire {
  sent: HttpRequest[];
  /** Runs in place of every request. */
  around: (request: HttpRequest, send: () => Promise<HttpReply>) => Promise<HttpReply>;
}

export const openWire = (): Wire => ({ sent: [], around: (_, send) => send() });

/** HTTPS as in production, certificate checked, through the wire. */
export function wiredTransport(console: TestConsole, wire: Wire): Transport {
  const inner = createTransport({ url: console.simulator.url, ca: readFileSync(console.simulator.caFile, 'utf8') });
  return {
    send(request) {
      wire.sent.push(request);
      return wire.around(request, () => inner.send(request));
    },
    close: () => inner.close(),
  };
}

/** The client as the sidecar's service, a thousand times as fast in its waits. What it asked while connecting is forgotten. */
export async function connectWired(
  console: TestConsole,
  wire: Wire,
  more: Partial<ConnectOptions> = {},
): Promise<QRadar> {
  const qradar = await connectQRadar({
    url: console.simulator.url,
    token: { reveal: () => console.simulator.tokens.sidecar },
    version: 'auto',
    requestTimeoutMs: 10_000,
    searchTimeoutMs: 60_000,
    budgetShare: 1,
    parallelSearches: 3,
    pageSize: 50,
    ubaAppId: 0,
    timing: acceleratedTime(NOON),
    transport: wiredTransport(console, wire),
    ...more,
  });
  wire.sent.length = 0;
  return qradar;
}

export const setFaults = (console: TestConsole, more: Partial<FaultSettings> = {}): void =>
  console.simulator.world.faults.use({ ...NO_FAULTS, ...more });

/** The faults strike the requests that `matches` says, and no other; at most `times` of them. */
export function strikeOnly(
  console: TestConsole,
  wire: Wire,
  matches: (request: HttpRequest) => boolean,
  faults: Partial<FaultSettings>,
  times = Number.POSITIVE_INFINITY,
): void {
  let left = times;
  wire.around = async (request, send) => {
    if (left <= 0 || !matches(request)) return send();
    left--;
    setFaults(console, faults);
    try {
      return await send();
    } finally {
      setFaults(console);
    }
  };
}
