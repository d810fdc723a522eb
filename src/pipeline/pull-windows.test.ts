import { describe, expect, it } from 'vitest';
import { AppError } from '../domain/errors.ts';
import { type ArrivalWindow, pullWindows, type WindowOptions } from './pull-windows.ts';

const MINUTE = 60_000;
const OPTIONS: WindowOptions = { cursor: 'x', backfillMs: 60 * MINUTE, overlapMs: MINUTE, windowMs: 10 * MINUTE };

/** A console with arrivals at given times; its clock and ours are moved by the test. */
function setUp(arrivals: number[] = []) {
  let kept: object | undefined;
  const world = {
    consoleMs: 1000 * MINUTE,
    oursMs: 5000 * MINUTE,
    arrivals,
    seen: [] as ArrivalWindow[],
    found: new Set<number>(),
  };
  const ports = {
    cursors: {
      read: async () => kept && JSON.parse(JSON.stringify(kept)),
      write: async (_: string, body: object) => {
        kept = body;
      },
    },
    now: () => world.oursMs,
    consoleNow: async () => world.consoleMs,
  };
  const read = async (window: ArrivalWindow) => {
    world.seen.push(window);
    const rows = world.arrivals.filter((ms) => ms >= window.fromMs && ms < window.toMs);
    for (const ms of rows) world.found.add(ms);
    return rows.length;
  };
  const pass = (ms: number) => {
    world.consoleMs += ms;
    world.oursMs += ms;
  };
  return {
    world,
    pass,
    pull: (more: Partial<WindowOptions> = {}) => pullWindows(ports, { ...OPTIONS, ...more }, read),
  };
}

describe('windows of arrivals', () => {
  it('follow each other without a hole up to ten seconds ago, and begin again where rows were young', async () => {
    const { world, pass, pull } = setUp();
    const end = world.consoleMs - 10_000;
    expect(await pull()).toMatchObject({ windows: 6, readToMs: end, behindMs: 10_000, isComplete: true });
    expect(world.seen[0]!.fromMs).toBe(end - 60 * MINUTE);
    pass(5 * MINUTE);
    await pull();
    expect(world.seen.at(-1)).toEqual({ fromMs: end + 10_000 - MINUTE, toMs: end + 5 * MINUTE });
    expect((await pull()).windows).toBe(1);
  });

  it('come to an end in small steps with a large overlap', async () => {
    const { world, pass, pull } = setUp();
    const more = { overlapMs: 600 * MINUTE, maxWindows: 2 };
    const done: boolean[] = [];
    for (let i = 0; i < 12; i++) {
      done.push((await pull(more)).isComplete);
      pass(MINUTE);
    }
    expect(done.indexOf(true)).toBeLessThan(5);
    expect(done.filter((isDone) => isDone).length).toBeGreaterThan(1);
    const starts = world.seen.filter(({ fromMs }, i) => i > 0 && fromMs !== world.seen[i - 1]!.toMs);
    expect(starts.every(({ fromMs }) => fromMs === world.seen[0]!.fromMs)).toBe(true);
  });

  it('cover a row that became searchable a while after a window was read within a long round', async () => {
    const { world, pass, pull } = setUp();
    await pull({ maxWindows: 5 });
    const lateMs = world.consoleMs - 30_000;
    await pull({ windowMs: 9 * MINUTE, maxWindows: 1 });
    await pull({ windowMs: 55_000, maxWindows: 1 });
    pass(20 * MINUTE);
    world.arrivals.push(lateMs);
    for (let i = 0; i < 3; i++) await pull();
    expect(world.found.has(lateMs)).toBe(true);
  });

  it.each([-30, -3, 30])('lose nothing when the console clock is moved by %d minutes', async (minutes) => {
    const { world, pass, pull } = setUp();
    await pull();
    const added: number[] = [];
    const arrive = () => {
      world.arrivals.push(world.consoleMs);
      added.push(world.consoleMs);
    };
    for (let i = 0; i < 8; i++) {
      pass(MINUTE);
      arrive();
      if (i === 3) world.consoleMs += minutes * MINUTE;
      // Nobody looked for a while around the change.
      if (i < 2 || i > 5) await pull({ overlapMs: 0 });
    }
    pass(40 * MINUTE);
    await pull({ overlapMs: 0 });
    expect([...world.found].sort()).toEqual([...new Set(added)].sort());
  });

  it('begin anew after a cursor that makes no sense, and pass on errors that are not of a search', async () => {
    const ports = {
      cursors: { read: async () => ({ version: 1, readToMs: 'x' }), write: async () => {} },
      now: () => 0,
      consoleNow: async () => 1000 * MINUTE,
    };
    const seen: ArrivalWindow[] = [];
    const failing = pullWindows(ports, OPTIONS, async (window) => {
      seen.push(window);
      throw new AppError('QRADAR_BUSY', 'busy');
    });
    await expect(failing).rejects.toMatchObject({ code: 'QRADAR_BUSY' });
    expect(seen).toEqual([{ fromMs: 940 * MINUTE - 10_000, toMs: 950 * MINUTE - 10_000 }]);
  });
});
