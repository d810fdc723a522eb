import { compareVersions } from './versions.ts';

export type ValueType = 'number' | 'string' | 'boolean' | 'any';

/** What a list's rows look like, for `fields`, `filter` and `sort`. */
export interface Field {
  type: ValueType;
  array: boolean;
  filterable: boolean;
  sortable: boolean;
  /** `filter` takes only `=`, `!=`, `in` and `is null`. */
  equalityOnly: boolean;
  /** First API version that has the field. */
  since: string | undefined;
  of: Shape | undefined;
}
export type Shape = ReadonlyMap<string, Field>;

/** `'number FS'`, `'string[] F'`, `'string F= >=14.0'`, or flags and the fields of an object. */
export type FieldText = string | readonly [flags: string, fields: ShapeText];
export interface ShapeText {
  readonly [name: string]: FieldText;
}

/** Reads a compact declaration: F filterable, F= by equality only, S sortable, [] several, >=V since a version. */
export function shape(text: ShapeText): Shape {
  return new Map(Object.entries(text).map(([name, field]) => [name, readField(field)]));
}

function readField(text: FieldText): Field {
  const [flags, fields] = typeof text === 'string' ? [text, undefined] : text;
  const words = flags.split(' ');
  const marks = words.find((word) => /^F?=?S?$/.test(word)) ?? '';
  const type = words
    .map((word) => word.replace('[]', ''))
    .find((w) => w === 'number' || w === 'string' || w === 'boolean');
  return {
    type: (type as ValueType | undefined) ?? 'any',
    array: flags.includes('[]'),
    filterable: marks.includes('F'),
    equalityOnly: marks.includes('F='),
    sortable: marks.includes('S'),
    since: words.find((word) => word.startsWith('>='))?.slice(2),
    of: fields && shape(fields),
  };
}

/** The fields that a version has. */
export function shapeAt(full: Shape, version: string): Shape {
  const kept = [...full].filter(([, field]) => field.since === undefined || compareVersions(version, field.since) >= 0);
  return kept.length === full.size ? full : new Map(kept);
}
