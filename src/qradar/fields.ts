import { z } from 'zod';

/** Parts of reply schemas. Unknown fields are dropped, long texts are cut, absent and null are `undefined`. */
export const id = z.int();
export const instant = z.int().min(0).max(8_640_000_000_000_000);
export const cutText = (maxLength: number) => z.string().transform((text) => text.slice(0, maxLength));
export const name = cutText(500);
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value): z.output<T> | undefined => value ?? undefined);
/** Absent or null is an empty list. */
export const listOf = <T extends z.ZodType>(item: T, maxItems = 10_000) =>
  z
    .array(item)
    .max(maxItems)
    .nullish()
    .transform((value): z.output<T>[] => value ?? []);
