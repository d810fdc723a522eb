import type { DuckDBVector } from '@duckdb/node-api';

export type Items = Float64Array | BigInt64Array | Int32Array | Uint16Array | Uint8Array;

/**
 * The typed array under a column vector of fixed width. The driver declares it private, yet it is the only way to move
 * whole columns; a test notices when a new driver version has none.
 */
export function vectorItems(vector: DuckDBVector): Items | undefined {
  const { items } = vector as unknown as { items?: Items };
  return items;
}

/** Whether a fetched vector may hold nulls; `true` when that cannot be told. */
export function mayHoldNulls(vector: DuckDBVector): boolean {
  const { validity } = vector as unknown as { validity?: { data?: unknown } };
  return validity?.data !== null;
}
