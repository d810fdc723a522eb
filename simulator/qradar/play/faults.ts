import { readFileSync, statSync } from 'node:fs';
import { AppError } from '../../../src/domain/errors.ts';
import { createRandom, type Random } from '../../../src/numeric/random.ts';

/** Troubles to switch on. Rates are shares between 0 and 1 of requests or messages. */
export interface FaultSettings {
  seed: number;
  /** Requests wait between the two, milliseconds. */
  latencyMs: readonly [least: number, most: number];
  error503Rate: number;
  error429Rate: number;
  retryAfterSeconds: number;
  /** The connection is cut before the request is looked at. */
  cutBeforeRate: number;
  /** The request is carried out and its reply is lost. */
  cutAfterRate: number;
  /** Services, by label, whose token is refused as if it had expired. */
  expiredTokens: readonly string[];
  slowArielMs: number;
  /** The console's clock goes wrong by this, milliseconds. */
  clockSkewMs: number;
  duplicateRate: number;
  lateRate: number;
  /** Late events arrive up to this much later, milliseconds. */
  lateMs: number;
}

export const NO_FAULTS: FaultSettings = {
  seed: 1,
  latencyMs: [0, 0],
  error503Rate: 0,
  error429Rate: 0,
  retryAfterSeconds: 1,
  cutBeforeRate: 0,
  cutAfterRate: 0,
  expiredTokens: [],
  slowArielMs: 0,
  clockSkewMs: 0,
  duplicateRate: 0,
  lateRate: 0,
  lateMs: 0,
};

const LARGEST_MS = 7 * 86_400_000;

/** Reads the text of a faults file; throws `CONFIG_INVALID` naming the key. */
export function parseFaults(text: string): FaultSettings {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new AppError('CONFIG_INVALID', 'the faults file is not JSON');
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new AppError('CONFIG_INVALID', 'the faults file must hold an object');
  const bad = (key: string, wanted: string): never => {
    throw new AppError('CONFIG_INVALID', `faults: ${key} must be ${wanted}`);
  };
  for (const [key, value] of Object.entries(given)) {
    const known = NO_FAULTS[key as keyof FaultSettings];
    if (known === undefined) bad(key, `one of ${Object.keys(NO_FAULTS).join(', ')}`);
    const isNumber = (one: unknown, low: number, high: number): boolean =>
      typeof one === 'number' && one >= low && one <= high;
    if (key === 'latencyMs') {
      const pair = value as unknown[];
      if (!Array.isArray(value) || value.length !== 2 || !pair.every((one) => isNumber(one, 0, 600_000)))
        bad(key, 'two numbers of milliseconds, least and most');
    } else if (key === 'expiredTokens') {
      if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) bad(key, 'a list of labels');
    } else if (key.endsWith('Rate')) {
      if (!isNumber(value, 0, 1)) bad(key, 'a number from 0 to 1');
    } else if (!isNumber(value, key === 'clockSkewMs' ? -LARGEST_MS : 0, LARGEST_MS)) bad(key, 'a number');
  }
  return { ...NO_FAULTS, ...(given as Partial<FaultSettings>) };
}

/** The file is looked at again at most this often. */
const RELOAD_MS = 500;

/** The faults that are on now: those of the file as it is, so that a running console can be disturbed and left alone. */
export class Faults {
  readonly #path: string | undefined;
  readonly #report: (error: unknown) => void;
  #settings: FaultSettings;
  #random: Random;
  #modifiedMs = 0;
  #checkedMs = 0;

  /** Throws `INPUT_NOT_FOUND` or `CONFIG_INVALID`; later mistakes in the file are reported and leave the faults as they were. */
  constructor(path: string | undefined, report: (error: unknown) => void, settings: FaultSettings = NO_FAULTS) {
    this.#path = path;
    this.#report = report;
    this.#settings = settings;
    this.#random = createRandom(settings.seed);
    if (path !== undefined) this.#load(path);
  }

  #load(path: string): void {
    let text: string;
    try {
      this.#modifiedMs = statSync(path).mtimeMs;
      text = readFileSync(path, 'utf8');
    } catch {
      throw new AppError('INPUT_NOT_FOUND', `the faults file ${path} cannot be read`);
    }
    this.use(parseFaults(text));
  }

  use(settings: FaultSettings): void {
    this.#settings = settings;
    this.#random = createRandom(settings.seed);
  }

  get settings(): FaultSettings {
    const nowMs = performance.now();
    if (this.#path !== undefined && nowMs - this.#checkedMs > RELOAD_MS) {
      this.#checkedMs = nowMs;
      try {
        if (statSync(this.#path).mtimeMs !== this.#modifiedMs) this.#load(this.#path);
      } catch (error) {
        this.#report(error);
      }
    }
    return this.#settings;
  }

  /** Whether something that happens with this rate happens now. */
  strikes(rate: number): boolean {
    return rate > 0 && this.#random.next() < rate;
  }

  latency(): number {
    const [least, most] = this.settings.latencyMs;
    return most <= 0 ? 0 : least + this.#random.next() * Math.max(0, most - least);
  }

  /** How often a message arrives. */
  copies(): number {
    return this.strikes(this.settings.duplicateRate) ? 2 : 1;
  }

  /** How much later than usual an event arrives, milliseconds. */
  lateness(): number {
    const { lateRate, lateMs } = this.settings;
    return this.strikes(lateRate) ? Math.round(this.#random.next() * lateMs) : 0;
  }
}
