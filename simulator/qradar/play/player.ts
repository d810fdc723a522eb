import type { Activity } from '../../../src/domain/activity.ts';
import { formatDay } from '../../../src/domain/time.ts';
import type { Enterprise } from '../../enterprise/generate.ts';
import { logSourceNamed } from '../../enterprise/log-sources.ts';
import { formatLeef } from '../../enterprise/writers/leef.ts';
import type { Row } from '../ariel/store.ts';
import type { World } from '../world.ts';
import { flowOf } from './flows.ts';
import { applyDirectory } from './import-company.ts';

/** From the event to its arrival at the event processor. */
const USUAL_LAG_MS = 1000;
const TICK_MS = 250;
/** Events between two pauses: requests are answered while the company lives. */
const PAUSE_EVERY = 8192;
/** Nobody waits while history is filled, and DuckDB takes whole row groups far faster. */
export const FILL_PAUSE = 32_768;

interface Arrival {
  activity: Activity;
  atMs: number;
}

export interface PlayerOptions {
  world: World;
  enterprise: Enterprise;
  /** Arrivals up to here have been played before. */
  playedUntilMs: number;
  /** Ids of later ones that are stored all the same: a crash came between storing and remembering. */
  stored: ReadonlySet<string>;
  /** Told after each part, when it is stored. */
  onPlayed: (untilMs: number, events: number) => void;
}

/** Lets the events of the company arrive in the order of their arrival, each once, up to a point in time. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #activities: Iterator<Activity>;
  #ahead: Activity | undefined;
  /** Late ones, by arrival. */
  #late: Arrival[] = [];
  #day = '';
  #timer: NodeJS.Timeout | undefined;
  #playing: Promise<void> = Promise.resolve();
  #stopped = false;
  events = 0;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#activities = flatten(options.enterprise);
    this.#advance();
  }

  #advance(): void {
    const { playedUntilMs, stored } = this.#options;
    const isPlayed = (one: Activity): boolean => one.timeMs + USUAL_LAG_MS <= playedUntilMs || stored.has(one.originId);
    do this.#ahead = this.#activities.next().value as Activity | undefined;
    while (this.#ahead && isPlayed(this.#ahead));
  }

  get isOver(): boolean {
    return this.#ahead === undefined && this.#late.length === 0;
  }

  /** The next arrival up to `untilMs`. */
  #next(untilMs: number): Arrival | undefined {
    const { faults } = this.#options.world;
    for (;;) {
      const first = this.#late[0];
      const aheadMs = this.#ahead ? this.#ahead.timeMs + USUAL_LAG_MS : Number.POSITIVE_INFINITY;
      if (first && first.atMs <= aheadMs) return first.atMs <= untilMs ? this.#late.shift() : undefined;
      if (aheadMs > untilMs || !this.#ahead) return undefined;
      const activity = this.#ahead;
      this.#advance();
      const lateness = faults.lateness();
      if (lateness === 0) return { activity, atMs: aheadMs };
      const at = this.#late.findIndex((one) => one.atMs > aheadMs + lateness);
      this.#late.splice(at < 0 ? this.#late.length : at, 0, { activity, atMs: aheadMs + lateness });
    }
  }

  /** Everything that arrives up to `untilMs`. */
  async play(untilMs: number, pauseEvery = PAUSE_EVERY): Promise<void> {
    const { onPlayed } = this.#options;
    let flows: Row[] = [];
    let count = 0;
    for (let arrival = this.#next(untilMs); arrival && !this.#stopped; arrival = this.#next(untilMs)) {
      this.#take(arrival, flows);
      if (++count % pauseEvery !== 0) continue;
      await this.#store(flows);
      flows = [];
      onPlayed(arrival.atMs, this.events);
    }
    if (count === 0) return;
    await this.#store(flows);
    if (!this.#stopped) onPlayed(untilMs, this.events);
  }

  #take({ activity, atMs }: Arrival, flows: Row[]): void {
    const { world, enterprise } = this.#options;
    const skewMs = world.faults.settings.clockSkewMs;
    const day = formatDay(Math.floor(activity.timeMs / 86_400_000));
    if (day > this.#day) {
      applyDirectory(world.state, enterprise.directory, day, atMs);
      this.#day = day;
    }
    const { product } = logSourceNamed(activity.logSource);
    const message = {
      text: formatLeef(activity).trimEnd(),
      peer: '127.0.0.1',
      receivedMs: atMs + skewMs,
      identifier: `${product.toLowerCase().replaceAll(' ', '-')}.corp.example`,
    };
    for (let copy = world.faults.copies(); copy > 0; copy--) world.intake.accept(message);
    this.events++;
    const flow = flowOf(activity, atMs + skewMs, 0);
    if (flow) flows.push(flow);
  }

  async #store(flows: readonly Row[]): Promise<void> {
    const { world } = this.#options;
    await Promise.all([world.intake.flush(), world.ariel.append('flows', flows)]);
    world.state.journal.flush();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Goes on with the clock. */
  start(now: () => number): void {
    this.#timer = setInterval(() => {
      this.#playing = this.#playing.then(() => this.play(now())).catch(this.#options.world.report);
      if (this.isOver) clearInterval(this.#timer);
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#playing;
  }
}

function* flatten(enterprise: Enterprise): Generator<Activity, undefined> {
  for (const { activities } of enterprise.days()) yield* activities;
}
