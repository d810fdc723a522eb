import type { Shape } from './shape.ts';

export interface SortKey {
  name: string;
  descending: boolean;
}

/** `+id,-start_time`; `undefined` when it is malformed or names a field that cannot be sorted by. */
export function parseSort(text: string, known: Shape): SortKey[] | undefined {
  const keys: SortKey[] = [];
  for (const part of text.split(',')) {
    // A plus sign that was not percent-encoded arrives as a space.
    const match = /^([+\- ])\s*([A-Za-z_]\w*)$/.exec(part.replace(/\s+$/, ''));
    if (!match || !known.get(match[2]!)?.sortable) return undefined;
    keys.push({ name: match[2]!, descending: match[1] === '-' });
  }
  return keys;
}

type Row = Record<string, unknown>;

/** Missing values first when ascending; the sort is stable. */
export function sortRows<T extends Row>(rows: readonly T[], keys: readonly SortKey[]): T[] {
  return [...rows].sort((a, b) => {
    for (const { name, descending } of keys) {
      const order = compareValues(a[name], b[name]);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return (a as number) < (b as number) ? -1 : 1;
}
