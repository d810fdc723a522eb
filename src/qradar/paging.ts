/** `Content-Range: items 0-49/1234`. An empty list is `items 0--1/0`; a total of `*` is unknown. */
export interface ContentRange {
  from: number;
  to: number;
  total: number | undefined;
}

export const formatRange = (from: number, count: number): string => `items=${from}-${from + count - 1}`;

/** Tolerant: `undefined` for whatever does not look like it. */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = /^\s*items[\s=]+(-?\d{1,15})\s*-\s*(-?\d{1,15})\s*(?:\/\s*(\S*)\s*)?$/i.exec(header ?? '');
  if (!match) return undefined;
  const total = /^\d{1,15}$/.test(match[3] ?? '') ? Number(match[3]) : undefined;
  return { from: Number(match[1]), to: Number(match[2]), total };
}

/** After a page of `got` items from `from`, of which `asked` were asked for: is there another one? */
export function hasMore(from: number, asked: number, got: number, total: number | undefined): boolean {
  // More than asked for: the server ignores Range and has sent everything.
  if (got === 0 || got > asked) return false;
  return total === undefined ? got === asked : from + got < total;
}
