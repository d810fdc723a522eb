/** Column-wise result: numbers as Float64Array, 64-bit tokens as BigInt64Array. */
export type Columns = Record<string, Float64Array | BigInt64Array>;

/** The columnar engine that holds `activity` and `account_link`. */
export interface FeatureDatabase {
  run(sql: string): Promise<void>;
  columns(sql: string): Promise<Columns>;
  /** Runs `work` in one transaction: all of it is stored, or nothing. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

/** IANA zone of each zone number used in `account_link.zone`; zone 0 is the configured default. */
export type ZoneNames = readonly string[];

export const numbers = (columns: Columns, name: string): Float64Array => {
  const column = columns[name];
  if (!(column instanceof Float64Array)) throw new TypeError(`column ${name} is not numeric`);
  return column;
};

export const tokens = (columns: Columns, name: string): BigInt64Array => {
  const column = columns[name];
  if (!(column instanceof BigInt64Array)) throw new TypeError(`column ${name} does not hold tokens`);
  return column;
};
