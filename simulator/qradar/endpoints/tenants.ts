import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import type { TenantRecord } from '../state/records.ts';
import { BAD_BODY, findRow, notFound, readEndpoints, readField, readObject, SERVER_ERROR } from './resource.ts';

const PATH = '/config/access/tenant_management/tenants';
const SHAPE = {
  id: 'number FS',
  name: 'string FS',
  description: 'string FS',
  event_rate_limit: 'number FS',
  flow_rate_limit: 'number FS',
  deleted: 'boolean FS',
};
const TAKEN = [409, 1004, 'The name is already in use.'] as const;

type Fields = Omit<TenantRecord, 'id' | 'deleted'>;

function readFields(call: Call, before?: TenantRecord): Fields {
  const body = readObject(call, 'tenant');
  const name = readField(call, body, 'name', 'string', before?.name);
  if (call.world.state.tenants.find((one) => one.name === name && !one.deleted && one.id !== before?.id))
    throw call.error(409, 1004, `The name ${name} is already in use`);
  return {
    name,
    description: readField(call, body, 'description', 'string', before?.description ?? ''),
    event_rate_limit: readField(call, body, 'event_rate_limit', 'number', before?.event_rate_limit ?? 0),
    flow_rate_limit: readField(call, body, 'flow_rate_limit', 'number', before?.flow_rate_limit ?? 0),
  };
}

const find = (call: Call): TenantRecord =>
  findRow(
    call,
    call.world.state.tenants.values().filter((one) => !one.deleted),
    'tenant_id',
    'Tenant',
  );

/** Tenants are kept and listed; no user belongs to one here. */
export const TENANT_ENDPOINTS: Endpoint[] = [
  ...readEndpoints({
    path: PATH,
    id: 'tenant_id',
    title: 'Tenant',
    needs: ['ADMIN'],
    shape: SHAPE,
    rows: (call) => call.world.state.tenants.values(),
  }),
  declare('POST', PATH, {
    summary: 'Creates a tenant',
    needs: ['ADMIN'],
    body: 'tenant!',
    shape: SHAPE,
    errors: [TAKEN, BAD_BODY, SERVER_ERROR],
    handle: (call) => {
      const { tenants } = call.world.state;
      const fields = readFields(call);
      const id = tenants.nextId();
      return tenants.put(id, { ...fields, id, deleted: false });
    },
  }),
  declare('POST', `${PATH}/{tenant_id}`, {
    summary: 'Changes a tenant',
    needs: ['ADMIN'],
    body: 'tenant!',
    success: [200],
    shape: SHAPE,
    errors: [notFound('Tenant'), TAKEN, BAD_BODY, SERVER_ERROR],
    handle: (call) => {
      const before = find(call);
      return call.world.state.tenants.update(before.id, readFields(call, before));
    },
  }),
  declare('DELETE', `${PATH}/{tenant_id}`, {
    summary: 'Marks a tenant as deleted; it stays listed',
    needs: ['ADMIN'],
    shape: SHAPE,
    errors: [notFound('Tenant'), SERVER_ERROR],
    handle: (call) => call.world.state.tenants.update(find(call).id, { deleted: true }),
  }),
];
