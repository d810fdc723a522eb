import { HOUR_MS } from '../../../src/domain/time.ts';
import type { ArielStore } from '../ariel/store.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { State } from '../state/state.ts';
import { type Message, type Normalised, Normaliser } from './normalise.ts';

/** Events wait at most this long, or until there are this many, before they are stored together. */
const FLUSH_MS = 200;
const FLUSH_ROWS = 32_768;
/** Above this senders over TCP have to wait. */
export const HIGH_WATER = 200_000;

export interface IntakeOptions {
  state: State;
  store: ArielStore;
  rules: RuleEngine;
  /** Sees every event after the rules; what it gives is taken in as further messages. */
  follow: (event: Normalised) => readonly Message[];
  report: (error: unknown) => void;
}

/** The way of a message: normalise, rules, followers, store. */
export class Intake {
  readonly normaliser: Normaliser;
  readonly #options: IntakeOptions;
  #rows: Normalised['row'][] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  received = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.normaliser = new Normaliser(options.state);
  }

  get waiting(): number {
    return this.#rows.length;
  }

  accept(message: Message): void {
    const { rules, follow } = this.#options;
    this.received++;
    const event = this.normaliser.normalise(message);
    if (!event.source.record.enabled) return;
    rules.apply(event, message.receivedMs);
    this.#rows.push(event.row);
    this.#seen(event, message.receivedMs);
    for (const further of follow(event)) this.accept(further);
    if (this.#rows.length >= FLUSH_ROWS) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** The list of log sources is always right; the journal hears of it once an hour. */
  #seen(event: Normalised, receivedMs: number): void {
    const { record } = event.source;
    const isNews = receivedMs - record.status.last_updated > HOUR_MS;
    record.last_event_time = receivedMs;
    if (!isNews) return;
    record.status = { last_updated: receivedMs, status: 'SUCCESS', messages: [] };
    this.#options.state.logSources.put(record.id, record);
  }

  /** Resolves when everything accepted so far can be searched. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = this.#rows;
    this.#rows = [];
    if (rows.length === 0) return this.#writing;
    const written = this.#options.store.append('events', rows);
    this.#options.state.journal.flush();
    this.#writing = written.catch(this.#options.report);
    return this.#writing;
  }
}
