import {
  ACTIVITY_CLASSES,
  ACTIVITY_NAMES,
  type Activity,
  FILE_CATEGORIES,
  OUTCOMES,
  WEB_CATEGORIES,
} from '../domain/activity.ts';
import { DAY_MS } from '../domain/time.ts';
import { ACTIVITY_COLUMNS, type ActivityColumn, type ColumnKind } from './activity-columns.ts';
import type { TextInterner } from './intern-text.ts';
import type { Items } from './vector-items.ts';

const ARRAYS = {
  BIGINT: BigInt64Array,
  INTEGER: Int32Array,
  USMALLINT: Uint16Array,
  UTINYINT: Uint8Array,
  BOOLEAN: Uint8Array,
} as const satisfies Record<ColumnKind, unknown>;
type ArrayOf<T extends ColumnKind> = InstanceType<(typeof ARRAYS)[T]>;
type ColumnArrays = { [C in (typeof ACTIVITY_COLUMNS)[number] as C['name']]: ArrayOf<C['type']> };

const codesOf = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.map((name, code) => [name, code]));
const CLASS_CODES = codesOf(ACTIVITY_CLASSES);
const NAME_CODES = codesOf(ACTIVITY_NAMES);
const OUTCOME_CODES = codesOf(OUTCOMES);
const FILE_CODES = codesOf(FILE_CATEGORIES);
const WEB_CODES = codesOf(WEB_CATEGORIES);

const MAX_INT32 = 2_147_483_647;

/** Whole number in [0, most]; anything that is no number is 0. */
const clamp = (value: number, most: number): number => (value > 0 ? Math.min(most, Math.round(value)) : 0);

/** Rows of `activity` on their way to the event file, column by column. */
export class ActivityBatch {
  readonly capacity: number;
  rows = 0;
  readonly columns: ColumnArrays;
  readonly #words: { id: Int32Array; time: Int32Array; bytesOut: Int32Array; bytesIn: Int32Array };

  constructor(capacity: number) {
    this.capacity = capacity;
    this.columns = Object.fromEntries(
      ACTIVITY_COLUMNS.map(({ name, type }) => [name, new ARRAYS[type](capacity)]),
    ) as unknown as ColumnArrays;
    const words = (name: 'id' | 'time_ms' | 'bytes_out' | 'bytes_in') => new Int32Array(this.columns[name].buffer);
    this.#words = { id: words('id'), time: words('time_ms'), bytesOut: words('bytes_out'), bytesIn: words('bytes_in') };
  }

  /** @param id low and high word */
  add(activity: Activity, id: Int32Array, interner: TextInterner): void {
    const row = this.rows++;
    const c = this.columns;
    this.#words.id[row * 2] = id[0]!;
    this.#words.id[row * 2 + 1] = id[1]!;
    writeInt64(this.#words.time, row, activity.timeMs);
    c.class[row] = CLASS_CODES.get(activity.class) ?? 0;
    c.activity[row] = NAME_CODES.get(activity.activity) ?? 0;
    c.outcome[row] = OUTCOME_CODES.get(activity.outcome) ?? 0;
    c.account[row] = interner.actor(activity.domain, activity.account, activity.accountSid);
    c.target_account[row] = interner.account(activity.domain, activity.targetAccount);
    c.device[row] = interner.text('host', activity.device);
    c.source[row] = interner.text('host', activity.source);
    c.target[row] = interner.text('host', activity.target);
    const place = interner.place(activity);
    c.resource[row] = place.resource;
    c.scope[row] = place.scope;
    c.path_depth[row] = place.depth;
    const hasCommand = activity.command !== '';
    // What the image of a process would say is not stored beside a command: its text would belong to nothing.
    const process = hasCommand ? undefined : interner.process(activity.process);
    const command = hasCommand ? interner.command(activity.command) : undefined;
    c.process[row] = process ? process.text : interner.text('process', activity.process);
    c.command[row] = command ? command.text : 0n;
    c.verb[row] = (command ?? process)!.verb;
    c.domain[row] = interner.text('domain', activity.domain);
    c.log_source[row] = interner.text('log_source', activity.logSource);
    writeInt64(this.#words.bytesOut, row, clamp(activity.bytesOut, Number.MAX_SAFE_INTEGER));
    writeInt64(this.#words.bytesIn, row, clamp(activity.bytesIn, Number.MAX_SAFE_INTEGER));
    c.logon_type[row] = clamp(activity.logonType, 255);
    c.event_code[row] = clamp(activity.eventCode, MAX_INT32);
    c.recipients[row] = clamp(activity.recipients, 65_535);
    c.recipients_external[row] = clamp(activity.recipientsExternal, 65_535);
    c.attachments[row] = clamp(activity.attachments, 65_535);
    c.removable[row] = activity.removable ? 1 : 0;
    c.privileged[row] = activity.privileged ? 1 : 0;
    c.severity[row] = clamp(activity.severity, 255);
    c.file_category[row] = FILE_CODES.get(activity.fileCategory) ?? 0;
    c.web_category[row] = WEB_CODES.get(activity.webCategory) ?? 0;
    c.sensitivity[row] = activity.sensitivity;
  }

  /** Least and greatest time of the rows. */
  timeSpan(): { from: bigint; to: bigint } {
    const times = this.columns.time_ms;
    let [from, to] = [times[0]!, times[0]!];
    for (let row = 1; row < this.rows; row++) {
      const time = times[row]!;
      if (time < from) from = time;
      else if (time > to) to = time;
    }
    return { from, to };
  }

  /** UTC days of the rows, each once. */
  days(): number[] {
    const days = new Set<number>();
    let previous = Number.NaN;
    for (let row = 0; row < this.rows; row++) {
      const day = Math.floor(readInt64(this.#words.time, row) / DAY_MS);
      if (day !== previous) days.add(day);
      previous = day;
    }
    return [...days];
  }

  /** Keeps the rows whose id is not in `stored`, in order. */
  removeStored(stored: ReadonlySet<bigint>): void {
    const kept: number[] = [];
    for (let row = 0; row < this.rows; row++) if (!stored.has(this.columns.id[row]!)) kept.push(row);
    for (const { name } of ACTIVITY_COLUMNS) {
      const column: Items = this.columns[name];
      for (let to = 0; to < kept.length; to++) column[to] = column[kept[to]!]!;
    }
    this.rows = kept.length;
  }

  column(name: ActivityColumn): Items {
    return this.columns[name];
  }
}

const WORD = 4_294_967_296;

/** Little-endian words of a whole number of at most 53 bits. */
function writeInt64(words: Int32Array, row: number, value: number): void {
  const high = Math.floor(value / WORD);
  words[row * 2] = value - high * WORD;
  words[row * 2 + 1] = high;
}

const readInt64 = (words: Int32Array, row: number): number => words[row * 2 + 1]! * WORD + (words[row * 2]! >>> 0);
