import type { Searches } from './ariel/searches.ts';
import type { ArielStore } from './ariel/store.ts';
import type { Endpoint } from './http/endpoint.ts';
import type { Intake } from './intake/intake.ts';
import type { Faults } from './play/faults.ts';
import type { Services } from './state/services.ts';
import type { State } from './state/state.ts';

/** What the endpoints act on. */
export interface World {
  /** Newest API version of this console. */
  apiVersion: string;
  /** UTC epoch milliseconds by the console's clock. */
  now(): number;
  /** Takes unexpected failures; a client sees only a 500. */
  report(error: unknown): void;
  state: State;
  services: Services;
  ariel: ArielStore;
  searches: Searches;
  intake: Intake;
  faults: Faults;
  endpoints: readonly Endpoint[];
}
