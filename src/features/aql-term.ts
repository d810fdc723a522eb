/**
 * What a test on an event is in AQL: settled for every event of a log source, a condition (of which a part may be out of
 * sight), or not to be had at all.
 */
export type Term =
  | { is: 'yes' }
  | { is: 'no' }
  | { is: 'aql'; aql: string; lacks: readonly string[] }
  | { is: 'unknown'; why: string };

export const YES: Term = { is: 'yes' };
export const NO: Term = { is: 'no' };
export const aql = (text: string, ...lacks: string[]): Term => ({ is: 'aql', aql: text, lacks });
export const unknown = (why: string): Term => ({ is: 'unknown', why });
export const settled = (value: boolean): Term => (value ? YES : NO);

const join = (terms: readonly Extract<Term, { is: 'aql' }>[], word: 'AND' | 'OR', lacks: readonly string[]): Term => ({
  is: 'aql',
  aql: terms.length === 1 ? terms[0]!.aql : `(${terms.map((one) => one.aql).join(` ${word} `)})`,
  lacks: [...new Set([...terms.flatMap((one) => one.lacks), ...lacks])],
});
const isAql = (term: Term): term is Extract<Term, { is: 'aql' }> => term.is === 'aql';

/** All of them. What never holds needs nothing known of the rest. */
export function allOf(terms: readonly Term[]): Term {
  if (terms.some(({ is }) => is === 'no')) return NO;
  const blind = terms.find(({ is }) => is === 'unknown');
  if (blind) return blind;
  const tests = terms.filter(isAql);
  return tests.length === 0 ? YES : join(tests, 'AND', []);
}

/** Any of them. Parts that cannot be told are left out, and named, as long as something can. */
export function anyOf(terms: readonly Term[]): Term {
  if (terms.some(({ is }) => is === 'yes')) return YES;
  const tests = terms.filter(isAql);
  const blind = terms.flatMap((one) => (one.is === 'unknown' ? [one.why] : []));
  if (tests.length > 0) return join(tests, 'OR', blind);
  return blind.length > 0 ? unknown(blind.join('; ')) : NO;
}

/** A condition that is sure to be written without NULL: in AQL a comparison with nothing is neither true nor false. */
export const noneOf = (term: Term): Term => {
  if (term.is === 'yes') return NO;
  if (term.is === 'no') return YES;
  return term.is === 'aql' ? { ...term, aql: `(CASE WHEN ${term.aql} THEN 0 ELSE 1 END) = 1` } : term;
};

/** A text in AQL; a quote is doubled, control characters cannot stand in one. */
export const quoteText = (text: string): string => `'${text.replace(/\p{Cc}/gu, ' ').replaceAll("'", "''")}'`;
export const quoteName = (name: string): string => `"${name.replace(/["\p{Cc}]/gu, '')}"`;
export const inList = (expression: string, values: readonly (string | number)[]): string => {
  const items = values.map((one) => (typeof one === 'number' ? String(one) : quoteText(one)));
  return items.length === 1 ? `${expression} = ${items[0]}` : `${expression} IN (${items.join(', ')})`;
};
