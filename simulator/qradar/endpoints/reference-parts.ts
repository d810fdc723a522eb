import type { Call } from '../http/endpoint.ts';
import type { ReferenceKind, ReferenceRecord, ReferenceValue } from '../state/records.ts';
import { findValueFault, formatInterval, parseInterval } from '../state/reference-values.ts';

/** Errors that the pages of all four kinds document alike. */
export const REFERENCE_ERRORS = {
  badJson: [400, 1001, 'The request body is not valid JSON of the expected form.'],
  notFound: [404, 1002, 'The reference data collection does not exist.'],
  noValue: [404, 1003, 'The value does not exist in the reference data collection.'],
  noDomain: [404, 1011, 'The domain does not exist.'],
  nameTaken: [409, 1004, 'The name is already in use.'],
  badParameter: [422, 1005, 'A request parameter is not valid.'],
  badNamespace: [422, 1012, 'The namespace is not valid for this user.'],
  badCidr: [422, 1022, 'The value is not a valid CIDR range.'],
  failed: [500, 1020, 'An error occurred while processing the request.'],
} as const;

export const METADATA_SHAPE = {
  name: 'string FS',
  element_type: 'string FS',
  key_label: 'string FS',
  value_label: 'string FS',
  outer_key_label: 'string FS',
  key_name_types: 'any',
  timeout_type: 'string FS',
  time_to_live: 'string FS',
  creation_time: 'number FS',
  number_of_elements: 'number FS',
  description: 'string F',
  namespace: 'string FS',
  collection_id: 'number FS',
};

export const SOURCE = 'reference data api';

/** Throws for a value that the element type does not take. */
export function checkValue(call: Call, type: string, value: string): void {
  const fault = findValueFault(type, value);
  if (fault !== undefined) throw call.error(422, type === 'CIDR' ? 1022 : 1005, fault);
}

export function readTimeToLive(call: Call): number {
  const text = call.text('time_to_live');
  if (text === undefined) return 0;
  const ms = parseInterval(text);
  if (ms === undefined) throw call.error(422, 1005, `Invalid time to live interval ${text}`);
  return ms;
}

export function checkNamespace(call: Call): void {
  const namespace = call.text('namespace')?.toUpperCase();
  if (namespace !== undefined && namespace !== 'SHARED')
    throw call.error(422, 1012, 'Admin user can only access shared namespace');
}

/** Domain of a value: the default one unless the request names another. */
export function readDomain(call: Call): number {
  const id = call.number('domain_id') ?? 0;
  if (!call.world.state.domains.get(id)) throw call.error(404, 1011, `Domain ID ${id} does not exist`);
  return id;
}

const LABELS: Record<ReferenceKind, readonly (keyof ReferenceRecord)[]> = {
  sets: [],
  maps: ['key_label', 'value_label'],
  map_of_sets: ['key_label', 'value_label'],
  tables: ['key_name_types', 'outer_key_label'],
};

export function presentMetadata(record: ReferenceRecord): Record<string, unknown> {
  return {
    name: record.name,
    element_type: record.element_type,
    ...Object.fromEntries(LABELS[record.kind].filter((one) => record[one] !== null).map((one) => [one, record[one]])),
    timeout_type: record.timeout_type,
    ...(record.time_to_live > 0 ? { time_to_live: formatInterval(record.time_to_live) } : {}),
    creation_time: record.creation_time,
    number_of_elements: record.rows.length,
    description: record.description,
    namespace: record.namespace,
    collection_id: record.id,
  };
}

/** `data` of a collection, nested as its kind nests it. */
export function presentData(record: ReferenceRecord): unknown {
  const data: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [outer, inner, cell] of record.rows) {
    const value = { ...cell, value: String(cell.value) };
    if (record.kind === 'maps') data[outer] = value;
    else if (record.kind === 'map_of_sets')
      data[outer] = [...((data[outer] as ReferenceValue[] | undefined) ?? []), value];
    else {
      const row = (data[outer] ?? Object.create(null)) as Record<string, unknown>;
      row[inner] = value;
      data[outer] = row;
    }
  }
  return { ...data };
}
