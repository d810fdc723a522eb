import { seesDomain } from '../http/caller.ts';
import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import { BAD_BODY, readEndpoints, readField, readObject, SERVER_ERROR } from './resource.ts';

const PATH = '/config/domain_management/domains';
const DOMAIN_SHAPE = {
  id: 'number FS',
  name: 'string FS',
  description: 'string FS',
  tenant_id: 'number FS',
  deleted: 'boolean FS',
  log_source_ids: 'number[] F',
  log_source_group_ids: 'number[] F',
  event_collector_ids: 'number[] F',
  flow_collector_ids: 'number[] F',
  flow_source_ids: 'number[] F',
  custom_properties: ['F', { id: 'number', capture_result: 'string' }],
  asset_scanner_ids: 'number[] F',
  qvm_scanner_ids: 'number[] F',
} as const;

/** Administrators see everything; others only which domains there are for them. */
function domains(call: Call): object[] {
  const all = call.world.state.domains.values().sort((a, b) => a.id - b.id);
  if (!call.caller.capabilities.has('ADMIN'))
    return all.filter((one) => seesDomain(call.caller, one.id)).map(({ id, name }) => ({ id, name }));
  const none = { flow_source_ids: [], asset_scanner_ids: [], qvm_scanner_ids: [], custom_properties: [] };
  return all.map((one) => ({
    ...one,
    log_source_group_ids: [],
    event_collector_ids: [],
    flow_collector_ids: [],
    ...none,
  }));
}

function create(call: Call): object {
  const body = readObject(call, 'domain');
  const { domains: known } = call.world.state;
  const name = readField(call, body, 'name', 'string');
  if (known.find((one) => one.name === name && !one.deleted))
    throw call.error(409, 1004, `The name ${name} is already in use`);
  const sources = body.log_source_ids ?? [];
  if (!Array.isArray(sources) || !sources.every((one) => typeof one === 'number'))
    throw call.error(422, 1005, 'log_source_ids must be an array of numbers');
  call.world.intake.normaliser.sources.forget();
  const id = known.nextId();
  return known.put(id, {
    id,
    name,
    description: readField(call, body, 'description', 'string', ''),
    tenant_id: readField(call, body, 'tenant_id', 'number', 0),
    deleted: false,
    log_source_ids: sources as number[],
  });
}

export const DOMAIN_ENDPOINTS: Endpoint[] = [
  ...readEndpoints({ path: PATH, id: 'domain_id', title: 'Domain', shape: DOMAIN_SHAPE, rows: domains }),
  declare('POST', PATH, {
    summary: 'Creates a domain; events of its log sources belong to it',
    needs: ['ADMIN'],
    body: 'domain!',
    shape: DOMAIN_SHAPE,
    errors: [[409, 1004, 'The name is already in use.'], BAD_BODY, SERVER_ERROR],
    handle: create,
  }),
];
