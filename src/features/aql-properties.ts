import type { HasColumn, NumberTerm } from './aql-profile.ts';
import { aql, NO, quoteName, type Term, unknown } from './aql-term.ts';

/** Custom properties by what they hold; the first that is installed is taken. */
export type Properties<Role extends string> = Readonly<Record<Role, readonly string[]>>;

/** The quoted name of the first that exists. */
export const findProperty = (has: HasColumn, names: readonly string[]): string | undefined => {
  const found = names.find(has);
  return found === undefined ? undefined : quoteName(found);
};

export const noProperty = (name: string): Term => unknown(`custom property "${name}" is not installed`);

export const numberCondition = (number: NumberTerm, test: (expression: string) => string): Term => {
  if (number === 'none') return NO;
  return 'why' in number ? unknown(number.why) : aql(test(number.aql));
};

/** A host or address that a property names, else the address that QRadar read; without either NULL. */
const address = (has: HasColumn, names: readonly string[], column: string): string => {
  const named = findProperty(has, names);
  const read = `CASE WHEN ${column} = '0.0.0.0' THEN NULL ELSE ${column} END`;
  return named ? `(CASE WHEN ${named} IS NULL THEN (${read}) ELSE ${named} END)` : `(${read})`;
};
export const SOURCE = (has: HasColumn): string => address(has, ['Source Name'], 'sourceip');
export const DESTINATION = (has: HasColumn): string => address(has, ['Target Host'], 'destinationip');
