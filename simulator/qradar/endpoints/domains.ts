import { seesDomain } from '../http/caller.ts';
import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import type { DomainRecord } from '../state/records.ts';
import { BAD_BODY, findRow, notFound, readEndpoints, readField, readObject, SERVER_ERROR } from './resource.ts';

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

/** Ways to tell a domain that are not looked at here. */
const NOT_KEPT = {
  ...{ log_source_group_ids: [], event_collector_ids: [], flow_collector_ids: [], flow_source_ids: [] },
  ...{ asset_scanner_ids: [], qvm_scanner_ids: [], custom_properties: [] },
};

/** Administrators see everything; others only which domains there are for them. */
function domains(call: Call): object[] {
  const all = call.world.state.domains.values().sort((a, b) => a.id - b.id);
  if (!call.caller.capabilities.has('ADMIN'))
    return all.filter((one) => seesDomain(call.caller, one.id)).map(({ id, name }) => ({ id, name }));
  return all.map(present);
}

/** As administrators see one. */
const present = (domain: DomainRecord): object => ({ ...domain, ...NOT_KEPT });

function readSources(call: Call, body: Record<string, unknown>, before: number[]): number[] {
  const sources = body.log_source_ids ?? before;
  if (!Array.isArray(sources) || !sources.every((one) => typeof one === 'number'))
    throw call.error(422, 1005, 'log_source_ids must be an array of numbers');
  call.world.intake.normaliser.sources.forget();
  return sources as number[];
}

function checkName(call: Call, name: string, own?: number): void {
  if (call.world.state.domains.find((one) => one.name === name && !one.deleted && one.id !== own))
    throw call.error(409, 1004, `The name ${name} is already in use`);
}

const findAlive = (call: Call): DomainRecord =>
  findRow(
    call,
    call.world.state.domains.values().filter((one) => !one.deleted && one.id !== 0),
    'domain_id',
    'Domain',
  );

function update(call: Call): object {
  const before = findAlive(call);
  const body = readObject(call, 'domain');
  const name = readField(call, body, 'name', 'string', before.name);
  checkName(call, name, before.id);
  return present(
    call.world.state.domains.update(before.id, {
      name,
      description: readField(call, body, 'description', 'string', before.description),
      tenant_id: readField(call, body, 'tenant_id', 'number', before.tenant_id),
      log_source_ids: readSources(call, body, before.log_source_ids),
    }),
  );
}

function create(call: Call): object {
  const body = readObject(call, 'domain');
  const { domains: known } = call.world.state;
  const name = readField(call, body, 'name', 'string');
  checkName(call, name);
  const sources = readSources(call, body, []);
  const id = known.nextId();
  const made = known.put(id, {
    id,
    name,
    description: readField(call, body, 'description', 'string', ''),
    tenant_id: readField(call, body, 'tenant_id', 'number', 0),
    deleted: false,
    log_source_ids: sources,
  });
  return present(made);
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
  declare('POST', `${PATH}/{domain_id}`, {
    summary: 'Changes a domain',
    needs: ['ADMIN'],
    body: 'domain!',
    success: [200],
    shape: DOMAIN_SHAPE,
    errors: [notFound('Domain'), [409, 1004, 'The name is already in use.'], BAD_BODY, SERVER_ERROR],
    handle: update,
  }),
  declare('DELETE', `${PATH}/{domain_id}`, {
    summary: 'Marks a domain as deleted; it stays listed',
    needs: ['ADMIN'],
    shape: DOMAIN_SHAPE,
    errors: [notFound('Domain'), SERVER_ERROR],
    handle: (call) => present(call.world.state.domains.update(findAlive(call).id, { deleted: true })),
  }),
];
