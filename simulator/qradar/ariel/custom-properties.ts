import type { CustomProperty, PropertyExpression } from '../state/records.ts';
import type { State } from '../state/state.ts';
import { type Compiled, plain, type Scope } from './compiled.ts';

/** The property of that display name; letter case matters only where two differ by nothing else. */
export function findProperty(state: State, name: string): CustomProperty | undefined {
  const lower = name.toLowerCase();
  return (
    state.properties.find((one) => one.name === name) ??
    state.properties.find((one) => one.name.toLowerCase() === lower)
  );
}

/** A property is read from the event when it is searched: the first of its expressions that fits and finds something. */
export function compileProperty(scope: Scope, property: CustomProperty): Compiled {
  const parts = scope.state.expressions
    .values()
    .filter((one) => one.enabled && one.regex_property_identifier === property.identifier)
    .map((one) => compileOne(scope, one));
  const text =
    parts.length === 0 ? 'CAST(NULL AS VARCHAR)' : parts.length === 1 ? parts[0]! : `coalesce(${parts.join(', ')})`;
  const numeric = property.property_type === 'numeric' || property.property_type === 'port';
  return numeric ? plain(`TRY_CAST(${text} AS DOUBLE)`, 'number') : plain(text, 'string');
}

function compileOne(scope: Scope, one: PropertyExpression): string {
  const conditions = [
    ['devicetype', one.log_source_type_id],
    ['logsourceid', one.log_source_id],
    ['qid', one.qid],
    ['category', one.low_level_category_id],
  ].flatMap(([column, id]) => (id === null ? [] : [`${column} = ${scope.bind(BigInt(id as number))}`]));
  // As a quoted member of a JSON path: a bare name that begins with a dollar sign would be taken for a path itself.
  const key = `$."${one.expression.replace(/^\$"(.*)"\$?$/, '$1').replace(/["\\]/g, '')}"`;
  const value =
    one.kind === 'leef'
      ? `(attributes ->> ${scope.bind(key)}::VARCHAR)`
      : `nullif(regexp_extract(payload, ${scope.bind(one.expression)}::VARCHAR, ${Math.min(9, Math.max(0, Math.trunc(one.capture_group)))}), '')`;
  return conditions.length === 0 ? value : `CASE WHEN ${conditions.join(' AND ')} THEN ${value} END`;
}
