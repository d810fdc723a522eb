import { z } from 'zod';
import { cutText, optional } from './fields.ts';

export type SearchStatus = 'WAIT' | 'EXECUTE' | 'SORTING' | 'COMPLETED' | 'CANCELED' | 'ERROR';

const ServerMessage = z
  .object({ severity: optional(cutText(20)), code: optional(z.unknown()), message: optional(cutText(500)) })
  .transform(({ severity, message }) => ({ severity: severity ?? 'ERROR', message: message ?? '' }));

/** A search as the console describes it. A status that is not known counts as still running. */
export const SearchObject = z
  .object({
    search_id: z.string().min(1).max(200),
    status: z.string().max(40),
    query_string: optional(z.string()),
    query_execution_time: optional(z.number().nonnegative()),
    error_messages: optional(z.array(ServerMessage).max(1000)),
  })
  .transform((raw) => ({
    id: raw.search_id,
    status: (raw.status === 'CANCELLED' ? 'CANCELED' : raw.status) as SearchStatus,
    aql: raw.query_string,
    /** Milliseconds that it has run, without queueing; 0 or nothing as long as it waits. */
    executionMs: raw.query_execution_time,
    errors: (raw.error_messages ?? []).filter(({ severity }) => severity !== 'INFO'),
  }));
export type Search = z.output<typeof SearchObject>;

export type ArielRow = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is ArielRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{"events": [...]}`: one list of rows, named after the database. Checked without a copy, pages are large. */
export const ResultPage = z
  .custom<Record<string, ArielRow[]>>(
    (value) => {
      if (!isRow(value)) return false;
      const lists = Object.values(value).filter(Array.isArray);
      return lists.length === 1 && lists[0]!.every(isRow);
    },
    { error: 'one list of rows is expected' },
  )
  .transform((value): ArielRow[] => Object.values(value).find(Array.isArray)!);

export const Validation = optional(
  z.object({
    error_messages: optional(
      z
        .array(
          z.object({ severity: optional(cutText(20)), code: optional(z.unknown()), message: optional(cutText(500)) }),
        )
        .max(1000),
    ),
  }),
);

export const Columns = z.object({
  columns: z
    .array(
      z.object({ name: z.string().max(500), argument_type: optional(cutText(100)), indexable: optional(z.boolean()) }),
    )
    .max(20_000),
});
