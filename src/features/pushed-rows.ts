import type { Meaning, ThingTerm } from './aql-profile.ts';
import type { PlannedFigure, PushPlan } from './compile-aql.ts';
import { PUSHED_FIGURES, PUSHED_MAXIMA, type PushedHour, type PushedTouch } from './pushed-tables.ts';
import { TOUCH_KINDS } from './types.ts';

/** Texts to tokens, as activities carry them. */
export interface ThingTokens {
  /** An acting account; it is remembered as seen. */
  account(domain: string, account: string): bigint;
  /** A thing, cut to what is kept of it (the folder of a path, the program of a command); 0 when nothing is left. */
  thing(form: ThingTerm['form'], domain: string, text: string): bigint;
  /** Makes the texts durable. Before any row that refers to them. */
  flush(): Promise<void>;
}

export type AnswerRow = Readonly<Record<string, unknown>>;

export interface RowReader {
  tokens: ThingTokens;
  meaning: Pick<Meaning, 'webCategory'>;
  isTracked(domain: string, account: string): boolean;
}

const MAX_TEXT = 4096;
const MAX_ACCOUNT = 1024;
/** About the year 2400: a clock that has gone further wrong says nothing. */
const MAX_HOUR = 3_800_000;
const HOUR_MS = 3_600_000;
const NOBODY = new Set(['', '-', 'n/a', 'N/A', 'unknown']);
const position = new Map(PUSHED_FIGURES.map((name, index) => [name, index]));
const ACTIVITIES = position.get('activities')!;

interface Key {
  account: bigint;
  domain: string;
  hour: number;
}

/** Gathers the answers of one window; equal keys add up. Rows that are not as they should be are counted and left out. */
export class PushedRows {
  readonly #reader: RowReader;
  readonly #hours = new Map<string, PushedHour>();
  readonly #touches = new Map<string, PushedTouch>();
  badRows = 0;
  untracked = 0;
  /** The console does not cut hours as it should: nothing of it can be used. */
  hasWrongHours = false;

  constructor(reader: RowReader) {
    this.#reader = reader;
  }

  get hours(): PushedHour[] {
    return [...this.#hours.values()];
  }

  get touches(): PushedTouch[] {
    return [...this.#touches.values()];
  }

  /** @param isFirst of the searches that share the figures of a plan: it brings the number of activities */
  addHour(deviceType: number, row: AnswerRow, figures: readonly PlannedFigure[], isFirst: boolean): void {
    const [first, last, hour] = [figureOf(row.a), figureOf(row.z), figureOf(row.h)];
    const key = this.#keyOf(row);
    if (!key) return;
    if (Math.floor(first / HOUR_MS) !== hour || Math.floor(last / HOUR_MS) !== hour) {
      this.hasWrongHours = true;
      return;
    }
    const entry = this.#hour(deviceType, key);
    if (isFirst) entry.figures[ACTIVITIES]! += figureOf(row.n);
    for (const figure of figures) addFigure(entry, figure, row);
  }

  addThings(deviceType: number, row: AnswerRow, plan: PushPlan): void {
    const key = this.#keyOf(row);
    if (!key) return;
    const n = figureOf(row.n);
    for (const { alias, kind, form } of plan.things) {
      const text = textOf(row[alias]);
      if (text === '' || (form === 'account' && !this.#reader.isTracked(key.domain, text))) continue;
      const token = this.#reader.tokens.thing(form, key.domain, text);
      if (token !== 0n) this.#touch(deviceType, key, TOUCH_KINDS.indexOf(kind), token, n);
    }
    if (plan.web.length === 0) return;
    const host = plan.things.find(({ kind }) => kind === 'web_host');
    const category = this.#reader.meaning.webCategory(host ? textOf(row[host.alias]) : '', textOf(row.p));
    for (const figure of plan.web)
      if (figure.categories!.includes(category)) addFigure(this.#hour(deviceType, key), figure, row);
  }

  #keyOf(row: AnswerRow): Key | undefined {
    const [account, hour, domainId] = [row.u, row.h, row.d];
    if (typeof account !== 'string' || account.length > MAX_ACCOUNT || !isHour(hour) || !Number.isInteger(domainId)) {
      this.badRows += 1;
      return undefined;
    }
    const name = account.trim();
    if (NOBODY.has(name)) return undefined;
    const domain = domainId === 0 ? '' : textOf(row.e) || `domain ${domainId}`;
    if (!this.#reader.isTracked(domain, name)) {
      this.untracked += 1;
      return undefined;
    }
    return { account: this.#reader.tokens.account(domain, name), domain, hour };
  }

  #hour(deviceType: number, { account, hour }: Key): PushedHour {
    const id = `${deviceType}:${account}:${hour}`;
    const known = this.#hours.get(id);
    if (known) return known;
    const made = { deviceType, account, hour, figures: new Float64Array(PUSHED_FIGURES.length) };
    this.#hours.set(id, made);
    return made;
  }

  #touch(deviceType: number, { account, hour }: Key, kind: number, token: bigint, n: number): void {
    const id = `${deviceType}:${account}:${hour}:${kind}:${token}`;
    const known = this.#touches.get(id);
    if (known) known.n += n;
    else this.#touches.set(id, { deviceType, account, hour, kind, token, n });
  }
}

function addFigure({ figures }: PushedHour, { alias, feature }: PlannedFigure, row: AnswerRow): void {
  const at = position.get(feature);
  if (at === undefined) return;
  const value = figureOf(row[alias]);
  figures[at] = PUSHED_MAXIMA.has(feature) ? Math.max(figures[at]!, value) : figures[at]! + value;
}

const isHour = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_HOUR;

/** A sum over nothing is null. */
const figureOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.min(value, Number.MAX_SAFE_INTEGER) : 0;

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : '');
