import { mayUse } from '../http/answer.ts';
import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import { compareVersions, listVersions } from '../http/versions.ts';

const VERSION_SHAPE = {
  id: 'number FS',
  version: 'string FS',
  deprecated: 'boolean FS',
  removed: 'boolean FS',
  root_resource_ids: 'number[] F',
};

const ENDPOINT_SHAPE = {
  id: 'number FS',
  version: 'string FS',
  http_method: 'string FS',
  path: 'string FS',
  summary: 'string F',
  description: 'string',
  resource_id: 'number FS',
  deprecated: 'boolean FS',
  last_modified: 'number FS',
  caller_has_access: 'boolean FS',
  parameters: [
    'F',
    { parameter_name: 'string', type: 'string', required: 'boolean', default_value: 'string', mime_types: 'any' },
  ],
  response_mime_types: ['F', { mime_type: 'string', sample: 'string' }],
  error_responses: ['F', { response_code: 'number', unique_code: 'number', response_description: 'string' }],
} as const;

const RESOURCE_SHAPE = {
  id: 'number FS',
  version: 'string FS',
  path: 'string FS',
  resource: 'string FS',
  parent_id: 'number FS',
  child_resource_ids: 'number[] F',
} as const;

const KINDS = { path: 'PATH', query: 'QUERY', body: 'BODY', header: 'HEADER' };

interface Resource {
  id: number;
  path: string;
  parentId: number | null;
  childIds: number[];
}

/** Every path and what it lies below, by path, numbered in the order of the endpoints. */
function resourcesOf(endpoints: readonly Endpoint[]): ReadonlyMap<string, Resource> {
  const known = new Map<string, Resource>();
  for (const endpoint of endpoints) {
    let parent: Resource | undefined;
    const parts = endpoint.path.split('/').slice(1);
    for (let length = 1; length <= parts.length; length++) {
      const path = `/${parts.slice(0, length).join('/')}`;
      let resource = known.get(path);
      if (!resource) {
        resource = { id: known.size + 1, path, parentId: parent?.id ?? null, childIds: [] };
        known.set(path, resource);
        parent?.childIds.push(resource.id);
      }
      parent = resource;
    }
  }
  return known;
}

const listResources = (call: Call): Record<string, unknown>[] =>
  [...resourcesOf(call.world.endpoints).values()].map(({ id, path, parentId, childIds }) => ({
    id,
    version: call.version,
    path,
    resource: path.slice(path.lastIndexOf('/') + 1),
    parent_id: parentId,
    child_resource_ids: childIds,
  }));

function describe(
  { endpoint, id }: { endpoint: Endpoint; id: number },
  resources: ReadonlyMap<string, Resource>,
  call: Call,
): Record<string, unknown> {
  return {
    id,
    version: call.version,
    http_method: endpoint.method,
    path: endpoint.path,
    summary: endpoint.summary,
    description: endpoint.summary,
    resource_id: resources.get(endpoint.path)!.id,
    deprecated: endpoint.deprecated ?? false,
    last_modified: 0,
    caller_has_access: mayUse(call.caller, endpoint),
    parameters: endpoint.parameters.map((one) => ({
      parameter_name: one.name,
      type: KINDS[one.in],
      required: one.required ?? false,
      default_value: '',
      mime_types: [{ media_type: one.type === 'json' ? 'APPLICATION_JSON' : 'TEXT_PLAIN' }],
    })),
    response_mime_types: endpoint.produces.map((mime) => ({ mime_type: mime, sample: '' })),
    error_responses: endpoint.errors.map((one) => ({
      response_code: one.status,
      unique_code: one.code,
      response_description: one.description,
    })),
  };
}

function served(call: Call): Record<string, unknown>[] {
  const resources = resourcesOf(call.world.endpoints);
  return call.world.endpoints
    .map((endpoint, id) => ({ endpoint, id: id + 1 }))
    .filter(({ endpoint }) => compareVersions(call.version, endpoint.since) >= 0)
    .map((one) => describe(one, resources, call));
}

function versions(call: Call): Record<string, unknown>[] {
  const roots = [...resourcesOf(call.world.endpoints).values()].filter((one) => one.parentId === null);
  const ids = roots.map((one) => one.id);
  return listVersions(call.world.apiVersion).map((one) => ({ ...one, root_resource_ids: ids }));
}

const NOT_FOUND = [404, 1002, 'The requested resource does not exist.'] as const;
const oneOf = (rows: Record<string, unknown>[], call: Call, name: string): Record<string, unknown> => {
  const id = call.number(name);
  const found = rows.find((row) => row.id === id);
  if (!found) throw call.error(404, 1002, `No record was found for id ${id}`);
  return found;
};

export const HELP_ENDPOINTS: Endpoint[] = [
  declare('GET', '/help/versions', {
    summary: 'Lists API versions',
    shape: VERSION_SHAPE,
    list: [1001, 1002],
    handle: versions,
  }),
  declare('GET', '/help/versions/{version_id}', {
    summary: 'One API version',
    shape: VERSION_SHAPE,
    errors: [NOT_FOUND],
    handle: (call) => oneOf(versions(call), call, 'version_id'),
  }),
  declare('GET', '/help/resources', {
    summary: 'Lists the paths of the API',
    shape: RESOURCE_SHAPE,
    list: [1001, 1002],
    handle: listResources,
  }),
  declare('GET', '/help/resources/{resource_id}', {
    summary: 'One path of the API',
    shape: RESOURCE_SHAPE,
    errors: [NOT_FOUND],
    handle: (call) => oneOf(listResources(call), call, 'resource_id'),
  }),
  declare('GET', '/help/endpoints', {
    summary: 'Lists endpoints, with whether the caller may use them',
    shape: ENDPOINT_SHAPE,
    list: [1001, 1002],
    handle: served,
  }),
  declare('GET', '/help/endpoints/{endpoint_id}', {
    summary: 'One endpoint',
    shape: ENDPOINT_SHAPE,
    errors: [NOT_FOUND],
    handle: (call) => oneOf(served(call), call, 'endpoint_id'),
  }),
];
