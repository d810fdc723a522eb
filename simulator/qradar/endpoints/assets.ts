import { ALL_ASSETS_SEARCH } from '../ariel/functions.ts';
import { seesDomain } from '../http/caller.ts';
import { declare } from '../http/declare.ts';
import { type Call, type Endpoint, Reply } from '../http/endpoint.ts';
import { BAD_BODY, findRow, notFound, readEndpoints, readObject, SERVER_ERROR } from './resource.ts';

const SEEN = {
  created: 'number',
  first_seen_profiler: 'number',
  last_seen_profiler: 'number',
  first_seen_scanner: 'number',
  last_seen_scanner: 'number',
};
const ASSET_SHAPE = {
  id: 'number FS',
  domain_id: 'number FS',
  vulnerability_count: 'number FS',
  risk_score_sum: 'number FS',
  hostnames: ['F', { id: 'number', name: 'string', type: 'string', ...SEEN }],
  interfaces: [
    'F',
    {
      id: 'number',
      mac_address: 'string',
      ...SEEN,
      ip_addresses: ['', { id: 'number', value: 'string', type: 'string', network_id: 'number', ...SEEN }],
    },
  ],
  products: ['F', { id: 'number', product_variant_id: 'number' }],
  properties: [
    'F',
    {
      id: 'number',
      type_id: 'number',
      name: 'string',
      value: 'string',
      last_reported: 'number',
      last_reported_by: 'string',
    },
  ],
  users: ['F', { id: 'number', username: 'string', ...SEEN }],
} as const;

export const ASSET_PROPERTIES: readonly (readonly [id: number, name: string])[] = [
  [1001, 'Given Name'],
  [1002, 'Unified Name'],
  [1003, 'Technical Owner'],
  [1004, 'Business Owner'],
  [1005, 'Description'],
  [1006, 'Location'],
  [1007, 'Weight'],
  [1008, 'Primary OS ID'],
];

/** The only one that every console has. */
const ALL_ASSETS = {
  id: 1,
  name: ALL_ASSETS_SEARCH,
  owner: 'admin',
  is_shared: true,
  description: '',
  filters: [],
  columns: [],
};

const assets = (call: Call) => call.world.state.assets.values().filter((one) => seesDomain(call.caller, one.domain_id));

function update(call: Call): Reply {
  const asset = findRow(call, assets(call), 'asset_id', 'Asset');
  const given = readObject(call, 'asset').properties;
  if (!Array.isArray(given)) throw call.error(422, 1005, 'properties must be an array');
  const properties = [...asset.properties];
  for (const one of given as unknown[]) {
    const { type_id: type, value } = (one ?? {}) as Record<string, unknown>;
    const known = ASSET_PROPERTIES.find(([id]) => id === type);
    if (!known || typeof value !== 'string') throw call.error(422, 1005, `Property type ${String(type)} is not valid`);
    const at = properties.findIndex((property) => property.type_id === known[0]);
    const id = at < 0 ? asset.id * 100 + properties.length + 1 : properties[at]!.id;
    const reported = { last_reported: call.now, last_reported_by: `USER:${call.caller.label}` };
    properties[at < 0 ? properties.length : at] = { id, type_id: known[0], name: known[1], value, ...reported };
  }
  call.world.state.assets.update(asset.id, { properties });
  return new Reply(202, `The update of asset ${asset.id} was accepted`);
}

export const ASSET_ENDPOINTS: Endpoint[] = [
  declare('GET', '/asset_model/assets', {
    summary: 'Lists assets',
    needs: ['Assets'],
    shape: ASSET_SHAPE,
    list: [1010, 1012],
    errors: [SERVER_ERROR],
    handle: assets,
  }),
  declare('POST', '/asset_model/assets/{asset_id}', {
    summary: 'Sets properties of an asset',
    needs: ['Assets'],
    body: 'asset!',
    success: [202],
    errors: [notFound('Asset'), BAD_BODY, SERVER_ERROR],
    handle: update,
  }),
  ...readEndpoints({
    path: '/asset_model/saved_searches',
    id: 'saved_search_id',
    title: 'Saved search',
    needs: ['Assets'],
    shape: {
      id: 'number FS',
      name: 'string FS',
      owner: 'string FS',
      is_shared: 'boolean FS',
      description: 'string F',
      filters: 'any',
      columns: 'any',
    },
    rows: () => [ALL_ASSETS],
  }),
  declare('GET', '/asset_model/saved_searches/{saved_search_id}/results', {
    summary: 'Assets that a saved search finds',
    needs: ['Assets'],
    shape: ASSET_SHAPE,
    list: [1010, 1012],
    errors: [notFound('Saved search'), SERVER_ERROR],
    handle: (call) => {
      findRow(call, [ALL_ASSETS], 'saved_search_id', 'Saved search');
      return assets(call);
    },
  }),
  declare('GET', '/asset_model/properties', {
    summary: 'Properties that an asset may have',
    needs: ['Assets'],
    shape: {
      id: 'number FS',
      name: 'string FS',
      data_type: 'string FS',
      custom: 'boolean FS',
      display: 'boolean',
      state: 'number',
    },
    list: [1010, 1012],
    errors: [SERVER_ERROR],
    handle: () =>
      ASSET_PROPERTIES.map(([id, name]) => ({ id, name, data_type: 'STRING', custom: false, display: true, state: 0 })),
  }),
];
