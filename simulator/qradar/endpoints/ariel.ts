import { AqlError } from '../ariel/aql-error.ts';
import { type CompiledQuery, compileAql } from '../ariel/compile.ts';
import { parseAql } from '../ariel/parser.ts';
import { isOver, RETENTION_MS, type SearchRecord } from '../ariel/searches.ts';
import { declare } from '../http/declare.ts';
import { type Call, type Endpoint, Reply } from '../http/endpoint.ts';
import { contentRange, parseRange } from '../http/range.ts';
import { ARIEL_CATALOGUE_ENDPOINTS, describeResult } from './ariel-catalogue.ts';
import { readResults, TEXT_FORMS } from './ariel-results.ts';
import { SAVED_SEARCH_ENDPOINTS } from './saved-searches.ts';

const needs = ['EventViewer', 'Surveillance'] as const;
const OFFLINE = [
  503,
  1010,
  'The Ariel server might be temporarily unavailable or offline. Please try again later.',
] as const;
const FAILED = [500, 1020, 'An error occurred while processing the request.'] as const;
const NO_SEARCH = [404, 1002, 'The search does not exist.'] as const;
const BAD_AQL = [422, 2000, 'The query_expression contains invalid AQL syntax.'] as const;
const BAD_PARAMETER = [422, 1005, 'A request parameter is not valid.'] as const;

const SEARCH_SHAPE = {
  cursor_id: 'string',
  search_id: 'string',
  status: 'string',
  progress: 'number',
  progress_details: 'any',
  query_string: 'string',
  query_execution_time: 'number',
  record_count: 'number',
  processed_record_count: 'number',
  desired_retention_time_msec: 'number',
  save_results: 'boolean',
  completed: 'boolean',
  data_file_count: 'number',
  data_total_size: 'number',
  compressed_data_file_count: 'number',
  compressed_data_total_size: 'number',
  index_file_count: 'number',
  index_total_size: 'number',
  size_on_disk: 'number',
  subsearch_ids: 'any',
  snapshot: 'any',
  error_messages: 'any',
} as const;

const PROGRESS: Record<SearchRecord['status'], number> = {
  WAIT: 0,
  EXECUTE: 46,
  SORTING: 90,
  COMPLETED: 100,
  CANCELED: 46,
  ERROR: 0,
};

function present(call: Call, search: SearchRecord): Record<string, unknown> {
  return {
    cursor_id: search.id,
    search_id: search.id,
    status: search.status,
    progress: PROGRESS[search.status],
    progress_details: [],
    query_string: search.query,
    query_execution_time: call.world.searches.executionMs(search),
    record_count: search.records,
    processed_record_count: search.records,
    desired_retention_time_msec: RETENTION_MS,
    save_results: search.save,
    completed: isOver(search.status),
    data_file_count: 0,
    data_total_size: 0,
    compressed_data_file_count: 0,
    compressed_data_total_size: 0,
    index_file_count: 0,
    index_total_size: 0,
    size_on_disk: 0,
    subsearch_ids: [],
    snapshot: null,
    error_messages:
      search.error === null ? [] : [{ code: 'ARIEL_ERROR', contexts: [], message: search.error, severity: 'ERROR' }],
  };
}

/** Parses and compiles for the caller; bad AQL is 422/2000 with the place of the error. */
function compile(call: Call, text: string): CompiledQuery {
  const { state } = call.world;
  try {
    return compileAql(parseAql(text), text, { state, nowMs: call.now, domainIds: call.caller.domainIds });
  } catch (error) {
    if (!(error instanceof AqlError)) throw error;
    throw call.error(422, 2000, error.message, error.details(text));
  }
}

function create(call: Call): unknown {
  const [text, savedId] = [call.text('query_expression'), call.number('saved_search_id')];
  if ((text === undefined) === (savedId === undefined))
    throw call.error(422, 1005, 'Exactly one parameter is required.');
  const saved = call.world.state.savedSearches.get(savedId);
  if (savedId !== undefined && !saved) throw call.error(404, 1002, `No Saved Search found with id: ${savedId}`);
  const query = text ?? saved!.aql;
  const compiled = compile(call, query);
  const { searches } = call.world;
  const { profileId, label } = call.caller;
  const cached = searches.findCached(query, profileId);
  if (cached) return present(call, cached);
  if (compiled.into !== undefined && searches.get(compiled.into))
    throw call.error(409, 1004, `The cursor name ${compiled.into} is already in use`);
  return present(call, searches.start({ query, compiled, profileId, owner: label }));
}

function listIds(call: Call): Reply {
  const range = parseRange(call.headers.get('range'));
  const database = call.text('db_name');
  const ids = call.world.searches
    .list()
    .filter((one) => one.profileId === call.caller.profileId && (database ?? one.database) === one.database)
    .map((one) => one.id);
  if (!range) return new Reply(200, ids);
  const page = ids.slice(range.first, range.last + 1);
  return new Reply(200, page, { 'Content-Range': contentRange(range.first, page.length, ids.length) });
}

function find(call: Call): SearchRecord {
  const search = call.world.searches.get(call.text('search_id'));
  if (search?.profileId !== call.caller.profileId)
    throw call.error(404, 1002, `Query ${call.text('search_id')} does not exist`);
  return search;
}

async function getStatus(call: Call): Promise<Reply> {
  const search = find(call);
  const wait = /\bwait=(\d{1,4})\b/.exec(call.text('Prefer') ?? '')?.[1];
  if (wait === undefined || isOver(search.status)) return new Reply(200, present(call, search));
  await call.world.searches.wait(search.id, Number(wait) * 1000);
  const after = find(call);
  return new Reply(isOver(after.status) ? 200 : 206, present(call, after));
}

function update(call: Call): unknown {
  const search = find(call);
  const [status, save] = [call.text('status'), call.flag('save_results')];
  if (status === undefined && save === undefined) throw call.error(422, 1005, 'status or save_results must be given');
  if (status === undefined) return present(call, call.world.searches.save(search.id, save!));
  // Client libraries write it with one L and with two.
  if (status !== 'CANCELED' && status !== 'CANCELLED')
    throw call.error(422, 1005, `status may only be CANCELED, not ${status}`);
  return present(call, call.world.searches.cancel(search.id));
}

function validate(call: Call): unknown {
  const text = call.text('query_expression')!;
  const { state } = call.world;
  try {
    compileAql(parseAql(text), text, { state, nowMs: call.now, domainIds: call.caller.domainIds });
    return { error_messages: null };
  } catch (error) {
    if (!(error instanceof AqlError)) throw error;
    const { reason: _, ...details } = error.details(text);
    return { error_messages: [{ code: details.code, contexts: [details], message: error.message, severity: 'ERROR' }] };
  }
}

const search = { needs, changes: false } as const;
const PATH = '/ariel/searches';
const ONE = { ...search, query: ['search_id'], shape: SEARCH_SHAPE };

export const ARIEL_ENDPOINTS: Endpoint[] = [
  ...ARIEL_CATALOGUE_ENDPOINTS,
  declare('GET', PATH, {
    ...search,
    summary: 'Ids of searches',
    query: ['db_name'],
    header: ['Range'],
    errors: [FAILED, OFFLINE],
    handle: listIds,
  }),
  declare('POST', PATH, {
    ...search,
    summary: 'Starts a search, or finds the one that answers the same query already',
    query: ['query_expression', 'saved_search_id:number'],
    shape: SEARCH_SHAPE,
    errors: [
      [404, 1002, 'The saved search does not exist.'],
      [409, 1004, 'The cursor name is already in use.'],
      BAD_PARAMETER,
      BAD_AQL,
      FAILED,
      OFFLINE,
    ],
    handle: create,
  }),
  declare('GET', `${PATH}/{search_id}`, {
    ...ONE,
    summary: 'Status of a search; with Prefer: wait=N as soon as it is over',
    header: ['Prefer'],
    success: [200, 206],
    errors: [NO_SEARCH, FAILED, OFFLINE],
    handle: getStatus,
  }),
  declare('POST', `${PATH}/{search_id}`, {
    ...ONE,
    summary: 'Cancels a search, or keeps its results',
    query: ['search_id', 'status', 'save_results:boolean'],
    success: [200],
    errors: [NO_SEARCH, BAD_PARAMETER, FAILED, OFFLINE],
    handle: update,
  }),
  declare('DELETE', `${PATH}/{search_id}`, {
    ...ONE,
    summary: 'Removes a search with its results',
    success: [202],
    errors: [NO_SEARCH, FAILED, OFFLINE],
    handle: async (call) => {
      const found = find(call);
      await call.world.searches.remove(found.id);
      return present(call, found);
    },
  }),
  declare('GET', `${PATH}/{search_id}/results`, {
    ...search,
    summary: 'Rows of a search, in parts by Range',
    query: ['search_id'],
    header: ['Range'],
    produces: ['application/json', ...Object.keys(TEXT_FORMS)],
    errors: [NO_SEARCH, [404, 1003, 'The search results are not available yet.'], FAILED, OFFLINE],
    handle: (call) => readResults(call, find(call)),
  }),
  declare('GET', `${PATH}/{search_id}/metadata`, {
    ...search,
    summary: 'Columns of a search',
    query: ['search_id'],
    errors: [NO_SEARCH, FAILED, OFFLINE],
    handle: (call) => describeResult(find(call).columns),
  }),
  declare('POST', '/ariel/validators/aql', {
    ...search,
    summary: 'Says what is wrong with a query',
    query: ['query_expression!'],
    success: [200],
    errors: [FAILED, OFFLINE],
    handle: validate,
  }),
  declare('POST', '/ariel/processors/aql_metadata', {
    ...search,
    summary: 'Columns that a query would give',
    query: ['query_expression!'],
    success: [200],
    errors: [BAD_AQL, FAILED, OFFLINE],
    handle: (call) => describeResult(compile(call, call.text('query_expression')!).columns),
  }),
  ...SAVED_SEARCH_ENDPOINTS,
];
