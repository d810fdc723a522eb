import { refuse } from './errors.ts';

/** Text in QRadar's filter grammar, made by the functions below so that no value can become grammar. */
export type Filter = { readonly text: string; readonly isJoined: boolean };

export type FilterValue = string | number | boolean;
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** `name`, or `object(field)` for a field within an object. */
const FIELD = /^[a-z_][a-z0-9_]*(\([a-z_][a-z0-9_]*(\([a-z_][a-z0-9_]*\))?\))?$/i;

function writeField(name: string): string {
  if (!FIELD.test(name)) throw refuse(`not a field name: ${name.slice(0, 60)}`);
  return name;
}

/**
 * Strings in double quotes. How a quote within one is escaped is not documented, so such a value is refused rather than
 * guessed; a backslash stands for itself (`DOMAIN\user`), but not before the closing quote.
 */
export function quoteValue(value: FilterValue): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refuse('a filter takes finite numbers only');
    return String(value);
  }
  if (/["\p{Cc}]|\\$/u.test(value) || value.length > 1000)
    throw refuse('a filter value may not hold quotes or control characters, or end in a backslash');
  return `"${value}"`;
}

export const compare = (field: string, operator: Comparison, value: FilterValue): Filter => ({
  text: `${writeField(field)} ${operator} ${quoteValue(value)}`,
  isJoined: false,
});

export const equals = (field: string, value: FilterValue): Filter => compare(field, '=', value);

/** `field in (...)`. Nothing is in an empty list, and QRadar has no way to say so: refused. */
export function within(field: string, values: readonly FilterValue[]): Filter {
  if (values.length === 0) throw refuse('a filter needs at least one value');
  return { text: `${writeField(field)} in (${values.map(quoteValue).join(', ')})`, isJoined: false };
}

/** Some element of an array: `rules contains id = 7`; without `inner`, of an array of plain values. */
export const containsItem = (field: string, value: FilterValue, inner?: string): Filter => ({
  text: `${writeField(field)} contains (${inner === undefined ? '.' : writeField(inner)} = ${quoteValue(value)})`,
  isJoined: false,
});

export const isNull = (field: string): Filter => ({ text: `${writeField(field)} is null`, isJoined: false });

const enclose = (filter: Filter) => (filter.isJoined ? `(${filter.text})` : filter.text);
const join = (word: string, filters: readonly Filter[]): Filter => {
  if (filters.length === 0) throw refuse('a filter needs at least one condition');
  return { text: filters.map(enclose).join(` ${word} `), isJoined: filters.length > 1 };
};

export const allOf = (...filters: Filter[]): Filter => join('and', filters);
export const anyOf = (...filters: Filter[]): Filter => join('or', filters);
export const not = (filter: Filter): Filter => ({ text: `not (${filter.text})`, isJoined: false });
