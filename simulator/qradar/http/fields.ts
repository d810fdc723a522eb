import { unknownField } from './framework-errors.ts';
import type { Shape } from './shape.ts';

/** Names to keep, each with the sub-fields to keep, or `undefined` for all of it. */
export type FieldTree = Map<string, FieldTree | undefined>;

const NAME = /[^,()\s]+/y;

/** `id,interfaces(ip_addresses(value))`; throws 422/30 for a name that `known` lacks. Free when `known` is undefined. */
export function parseFields(text: string, known: Shape | undefined): FieldTree {
  let at = 0;
  const skip = (): void => {
    while (text[at] === ' ') at++;
  };
  const level = (shape: Shape | undefined, depth: number): FieldTree => {
    const tree: FieldTree = new Map();
    for (;;) {
      skip();
      NAME.lastIndex = at;
      const name = NAME.exec(text)?.[0];
      if (name === undefined || depth > 8) throw unknownField(text.slice(at, at + 40));
      at += name.length;
      const field = shape?.get(name);
      if (shape && !field) throw unknownField(name);
      skip();
      if (text[at] === '(') {
        if (shape && !field?.of && field?.type !== 'any') throw unknownField(name);
        at++;
        tree.set(name, level(field?.of, depth + 1));
        if (text[at] !== ')') throw unknownField(text.slice(at, at + 40));
        at++;
        skip();
      } else tree.set(name, undefined);
      if (text[at] !== ',') return tree;
      at++;
    }
  };
  const tree = level(known, 0);
  if (at < text.length) throw unknownField(text.slice(at, at + 40));
  return tree;
}

/** A copy with only the named fields, in the order of the object. */
export function selectFields(value: unknown, tree: FieldTree): unknown {
  if (Array.isArray(value)) return value.map((one) => selectFields(one, tree));
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (!tree.has(name)) continue;
    const below = tree.get(name);
    kept[name] = below ? selectFields(inner, below) : inner;
  }
  return kept;
}

/** Drops what the version does not have. */
export function trimToShape(row: Record<string, unknown>, known: Shape): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => known.has(name)));
}
