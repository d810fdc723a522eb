import type { ArielStore } from '../ariel/store.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { State } from '../state/state.ts';
import { type Message, type Normalised, Normaliser } from './normalise.ts';

/** Events wait at most this long, or until there are this many, before they are stored together. */
const FLUSH_MS = 200;
const FLUSH_ROWS = 4096;
/** Above this senders over TCP have to wait. */
export const HIGH_WATER = 50_000;

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
    const { rules, state, follow } = this.#options;
    this.received++;
    const event = this.normaliser.normalise(message);
    if (!event.source.record.enabled) return;
    rules.apply(event, message.receivedMs);
    this.#rows.push(event.row);
    // Once a minute is often enough for a list of log sources.
    if (message.receivedMs - (state.logSources.get(event.source.record.id)?.last_event_time ?? 0) > 60_000) {
      const status = { last_updated: message.receivedMs, status: 'SUCCESS', messages: [] };
      const record = { ...event.source.record, last_event_time: message.receivedMs, status };
      Object.assign(event.source.record, record);
      state.logSources.put(record.id, event.source.record);
    }
    for (const further of follow(event)) this.accept(further);
    if (this.#rows.length >= FLUSH_ROWS) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
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
