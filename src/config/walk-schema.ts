import { z } from 'zod';
import { ConfigSchema } from './schema.ts';

/** One setting as the schema states it. */
export interface Setting {
  section: string;
  name: string;
  /** `section.name` */
  key: string;
  description: string;
  accepted: string;
  default: unknown;
  example: unknown;
}

/** The message the schema gives for a missing value: what it accepts, in words. */
function acceptedBy(schema: z.ZodType): string {
  return schema.safeParse(undefined).error?.issues[0]?.message ?? 'any value';
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}

/** Every setting of the schema, in its order. */
export function listSettings(): Setting[] {
  const settings: Setting[] = [];
  for (const [section, wrapped] of Object.entries(ConfigSchema.shape)) {
    const inner = unwrap(wrapped);
    if (!(inner instanceof z.ZodObject)) continue;
    for (const [name, schema] of Object.entries(inner.shape as Record<string, z.ZodType>)) {
      const meta = schema.meta();
      settings.push({
        section,
        name,
        key: `${section}.${name}`,
        description: meta?.description ?? '',
        accepted: acceptedBy(unwrap(schema)),
        default: schema.parse(undefined),
        example: Array.isArray(meta?.examples) ? meta.examples[0] : undefined,
      });
    }
  }
  return settings;
}
