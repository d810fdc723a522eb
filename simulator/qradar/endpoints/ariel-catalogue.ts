import { type Column, DATABASES, FLOW_PROPERTIES } from '../ariel/columns.ts';
import type { ResultColumn } from '../ariel/compile.ts';
import { AGGREGATES, FUNCTIONS } from '../ariel/functions.ts';
import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';

const needs = ['EventViewer', 'Surveillance'] as const;
const FAILED = [500, 1020, 'An error occurred while processing the request.'] as const;

const COLUMN_SHAPE = {
  name: 'string F',
  argument_type: 'string F',
  object_value_type: 'string F',
  provider_name: 'string F',
  indexable: 'boolean F',
  nullable: 'boolean F',
};

const OBJECT_TYPES: Record<string, string> = {
  number: 'Number',
  string: 'String',
  boolean: 'Boolean',
  list: 'List',
  null: 'String',
};

/** `/metadata` of a result. */
export const describeResult = (columns: readonly ResultColumn[]) => ({
  columns: columns.map(({ name, type }) => ({
    name,
    argument_type: OBJECT_TYPES[type],
    object_value_type: OBJECT_TYPES[type],
    provider_name: name,
    indexable: false,
    nullable: true,
  })),
});

const describeColumn = (column: Column): Record<string, unknown> => ({
  name: column.name,
  argument_type: OBJECT_TYPES[column.type],
  object_value_type: column.valueType,
  provider_name: column.name,
  indexable: column.indexable,
  nullable: column.name === 'username',
});

/** Columns of a database, with the custom properties that exist. */
function columnsOf(call: Call): unknown {
  const name = call.text('database_name')!;
  const known = DATABASES[name];
  if (!known) throw call.error(404, 1002, `Database ${name} does not exist`);
  const custom =
    name === 'events'
      ? call.world.state.properties.values()
      : FLOW_PROPERTIES.map((property) => ({ name: property, property_type: 'string' }));
  return {
    columns: [
      ...[...known.values()].map(describeColumn),
      ...custom.map((one) => ({
        name: one.name,
        argument_type: one.property_type === 'numeric' ? 'Number' : 'String',
        object_value_type: one.property_type === 'numeric' ? 'Double' : 'Text',
        provider_name: one.name,
        indexable: false,
        nullable: true,
      })),
    ],
  };
}

const FUNCTION_ROWS = [
  ...[...FUNCTIONS.values()].map((one) => ({
    name: one.name,
    args_types: one.args,
    required_args: one.required,
    var_args: one.args.length > one.required,
    return_type: one.returns,
  })),
  ...Object.keys(AGGREGATES).map((name) => ({
    name,
    args_types: ['Any'],
    required_args: 1,
    var_args: false,
    return_type: 'Number',
  })),
].map((one) => ({ ...one, catalog: 'events', class_name: '', info: '', required_capabilities: [] }));

const KEYWORDS =
  'SELECT FROM INTO WHERE GROUP BY HAVING ORDER ASC DESC LIMIT LAST START STOP PARAMETERS AS AND OR NOT IN BETWEEN LIKE ILIKE MATCHES IMATCHES IS NULL CASE WHEN THEN ELSE END TEXT SEARCH MINUTES HOURS DAYS'.split(
    ' ',
  );
const WHERE_KEYWORDS = 'AND OR NOT IN BETWEEN LIKE ILIKE MATCHES IMATCHES IS NULL TEXT SEARCH'.split(' ');

export const ARIEL_CATALOGUE_ENDPOINTS: Endpoint[] = [
  declare('GET', '/ariel/databases', {
    summary: 'Databases that can be searched',
    needs,
    errors: [FAILED],
    handle: () => Object.keys(DATABASES),
  }),
  declare('GET', '/ariel/databases/{database_name}', {
    summary: 'Columns of a database, custom properties among them',
    needs,
    shape: { columns: ['F', COLUMN_SHAPE] },
    errors: [[404, 1002, 'The database does not exist.'], FAILED],
    handle: columnsOf,
  }),
  declare('GET', '/ariel/functions', {
    summary: 'Functions of AQL',
    needs,
    query: ['database'],
    shape: {
      name: 'string FS',
      args_types: 'string[]',
      required_args: 'number',
      var_args: 'boolean',
      return_type: 'string FS',
      catalog: 'string',
      class_name: 'string',
      info: 'string',
      required_capabilities: 'string[]',
    },
    list: [1010, 1012],
    errors: [FAILED],
    handle: () => FUNCTION_ROWS,
  }),
  declare('GET', '/ariel/parser_keywords', {
    summary: 'Keywords of AQL',
    needs,
    errors: [FAILED],
    handle: () => ({ keywords: KEYWORDS, where_clause_keywords: WHERE_KEYWORDS }),
  }),
];
