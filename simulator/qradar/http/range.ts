import { badRange, negativeRange } from './framework-errors.ts';

/** Zero-based, inclusive. */
export interface ItemRange {
  first: number;
  last: number;
}

const PATTERN = /^items=(\d{1,9})-(\d{1,9})$/;

export function parseRange(header: string | undefined): ItemRange | undefined {
  if (header === undefined) return undefined;
  const match = PATTERN.exec(header.trim());
  if (!match) throw badRange();
  const [first, last] = [Number(match[1]), Number(match[2])];
  if (last < first) throw negativeRange();
  return { first, last };
}

/** `items 0-49/1234`; `items 0--1/0` for an empty list. */
export const contentRange = (first: number, count: number, total: number): string =>
  `items ${first}-${first + count - 1}/${total}`;
