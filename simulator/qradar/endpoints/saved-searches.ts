import { declare } from '../http/declare.ts';
import { type Call, type Endpoint, Reply } from '../http/endpoint.ts';
import type { SavedSearch } from '../state/records.ts';
import { BAD_BODY, readField, readObject, SERVER_ERROR } from './resource.ts';

const PATH = '/ariel/saved_searches';
const needs = ['EventViewer', 'Surveillance'] as const;
const NO_SEARCH = [404, 1002, 'The saved search does not exist.'] as const;
const SHAPE = {
  id: 'number FS',
  uid: 'string FS',
  name: 'string FS',
  description: 'string F',
  aql: 'string F',
  database: 'string FS',
  owner: 'string FS',
  is_shared: 'boolean FS',
  is_quick_search: 'boolean FS',
  is_default: 'boolean FS',
  is_dashboard: 'boolean FS',
  is_aggregate: 'boolean FS',
  creation_date: 'number FS',
  modified_date: 'number FS',
} as const;

function find(call: Call): SavedSearch {
  const id = call.number('saved_search_id');
  const saved = call.world.state.savedSearches.get(id);
  if (!saved) throw call.error(404, 1002, `No Saved Search found with id: ${id}`);
  return saved;
}

function update(call: Call): SavedSearch {
  const saved = find(call);
  const body = readObject(call, 'saved_search');
  return call.world.state.savedSearches.update(saved.id, {
    is_shared: readField(call, body, 'is_shared', 'boolean', saved.is_shared),
    is_quick_search: readField(call, body, 'is_quick_search', 'boolean', saved.is_quick_search),
    is_dashboard: readField(call, body, 'is_dashboard', 'boolean', saved.is_dashboard),
    owner: readField(call, body, 'owner', 'string', saved.owner),
    modified_date: call.now,
  });
}

/** Saved searches are made in the console only: there is no call that creates one. */
export const SAVED_SEARCH_ENDPOINTS: Endpoint[] = [
  declare('GET', PATH, {
    summary: 'Saved searches',
    needs,
    shape: SHAPE,
    list: [1010, 1012],
    errors: [SERVER_ERROR],
    handle: (call) => call.world.state.savedSearches.values(),
  }),
  declare('GET', `${PATH}/{saved_search_id}`, {
    summary: 'One saved search',
    needs,
    shape: SHAPE,
    errors: [NO_SEARCH, SERVER_ERROR],
    handle: find,
  }),
  declare('POST', `${PATH}/{saved_search_id}`, {
    summary: 'Changes flags and owner',
    needs,
    body: 'saved_search!',
    success: [200],
    shape: SHAPE,
    errors: [NO_SEARCH, BAD_BODY, SERVER_ERROR],
    handle: update,
  }),
  declare('DELETE', `${PATH}/{saved_search_id}`, {
    summary: 'Removes a saved search',
    needs,
    success: [202],
    errors: [NO_SEARCH, SERVER_ERROR],
    handle: (call) => {
      const saved = find(call);
      call.world.state.savedSearches.remove(saved.id);
      return new Reply(202, { id: saved.id, name: saved.name, status: 'COMPLETED', message: 'Completed' });
    },
  }),
];
