import type { Caller } from '../http/caller.ts';
import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import type { RoleRecord, ServiceRecord, UserRecord } from '../state/records.ts';
import { BAD_BODY, findRow, notFound, readEndpoints, readField, readObject, SERVER_ERROR } from './resource.ts';

const isAdmin = (caller: Caller): boolean => caller.capabilities.has('ADMIN');

const presentUser = (user: UserRecord): Record<string, unknown> => ({
  ...user,
  locale_id: 'en_US',
  inactivity_timeout: 30,
  enable_popup_notifications: false,
  local_only_account: false,
  allow_system_authentication_fallback: false,
  password: null,
  old_password: null,
  password_creation_time: null,
  notification_flag: false,
  display_theme: 'DEFAULT',
  show_awf_default_dashboard: false,
});

/** Everyone may ask: administrators see all, others themselves; a service has no user and sees none as current. */
function users(call: Call): Record<string, unknown>[] {
  const all = call.world.state.users.values();
  const own = all.filter((one) => one.id === call.caller.userId);
  return (call.flag('current_user') || !isAdmin(call.caller) ? own : all).map(presentUser);
}

const presentRole = (role: RoleRecord): Record<string, unknown> => ({
  ...role,
  capabilities: role.capabilities.map((name) => ({ application_id: 0, name, description: name })),
});

function roles(call: Call): Record<string, unknown>[] {
  const contained = call.text('contains');
  return call.world.state.roles
    .values()
    .filter((one) => one.id === call.caller.roleId || (!call.flag('current_user_role') && isAdmin(call.caller)))
    .filter((one) => contained === undefined || one.capabilities.includes(contained))
    .map(presentRole);
}

const profiles = (call: Call): object[] =>
  call.world.state.profiles
    .values()
    .filter(
      (one) => one.id === call.caller.profileId || (!call.flag('current_security_profile') && isAdmin(call.caller)),
    );

/** The token itself is shown once, by the request that makes it. */
const presentService = ({ token: _, read_only: __, ...service }: ServiceRecord): Record<string, unknown> => ({
  ...service,
  token: null,
});

const services = (call: Call): Record<string, unknown>[] =>
  call.world.state.services
    .values()
    .filter(
      (one) => one.id === call.caller.serviceId || (!call.flag('current_authorized_service') && isAdmin(call.caller)),
    )
    .map(presentService);

function createService(call: Call): Record<string, unknown> {
  const body = readObject(call, 'authorized_service');
  const service = {
    label: readField(call, body, 'label', 'string'),
    created_by: call.caller.label,
    user_role_id: readField(call, body, 'user_role_id', 'number', call.caller.roleId),
    security_profile_id: readField(call, body, 'security_profile_id', 'number', call.caller.profileId),
    tenant_id: readField(call, body, 'tenant_id', 'number', 0),
    expiration_date:
      body.expiration_date === undefined || body.expiration_date === null
        ? null
        : readField(call, body, 'expiration_date', 'number'),
    read_only: false,
  };
  const { state } = call.world;
  if (!state.roles.get(service.user_role_id))
    throw call.error(422, 1005, `User role ID ${service.user_role_id} does not exist`);
  if (!state.profiles.get(service.security_profile_id))
    throw call.error(422, 1005, `Security profile ID ${service.security_profile_id} does not exist`);
  const made = call.world.services.create(service);
  return { ...presentService(made), token: made.token };
}

function updateService(call: Call): Record<string, unknown> {
  const { state } = call.world;
  const service = findRow(call, state.services.values(), 'authorized_service_id', 'Authorized service');
  if (service.id === call.caller.serviceId)
    throw call.error(403, 95104011, 'An authorized service cannot update itself');
  const body = readObject(call, 'authorized_service');
  return presentService(
    state.services.update(service.id, { expiration_date: readField(call, body, 'expiration_date', 'number') }),
  );
}

const SERVICE_SHAPE = {
  id: 'number FS',
  label: 'string FS',
  created_by: 'string FS',
  user_role_id: 'number FS',
  security_profile_id: 'number FS',
  tenant_id: 'number FS',
  creation_date: 'number FS',
  expiration_date: 'number FS',
  last_used_date: 'number FS',
  token: 'string',
};

export const ACCESS_ENDPOINTS: Endpoint[] = [
  ...readEndpoints({
    path: '/config/access/users',
    id: 'user_id',
    title: 'User',
    query: ['current_user:boolean'],
    shape: {
      id: 'number FS',
      username: 'string FS',
      email: 'string FS',
      description: 'string FS',
      user_role_id: 'number FS',
      security_profile_id: 'number FS',
      tenant_id: 'number FS',
      locale_id: 'string FS',
      inactivity_timeout: 'number FS',
      enable_popup_notifications: 'boolean FS',
      local_only_account: 'boolean FS',
      allow_system_authentication_fallback: 'boolean FS',
      password: 'string',
      old_password: 'string',
      password_creation_time: 'number FS',
      notification_flag: 'boolean',
      display_theme: 'string',
      show_awf_default_dashboard: 'boolean',
    },
    rows: users,
  }),
  ...readEndpoints({
    path: '/config/access/user_roles',
    id: 'user_role_id',
    title: 'User role',
    query: ['current_user_role:boolean', 'contains'],
    shape: {
      id: 'number FS',
      name: 'string FS',
      capabilities: ['F', { application_id: 'number', name: 'string', description: 'string' }],
    },
    rows: roles,
  }),
  ...readEndpoints({
    path: '/config/access/security_profiles',
    id: 'security_profile_id',
    title: 'Security profile',
    query: ['current_security_profile:boolean'],
    shape: { id: 'number FS', name: 'string FS', description: 'string FS', domain_ids: 'number[] F' },
    rows: profiles,
  }),
  ...readEndpoints({
    path: '/config/access/authorized_services',
    id: 'authorized_service_id',
    title: 'Authorized service',
    since: '20.0',
    query: ['current_authorized_service:boolean'],
    shape: SERVICE_SHAPE,
    rows: services,
  }),
  declare('POST', '/config/access/authorized_services', {
    summary: 'Creates an authorized service; only this reply shows the token',
    since: '20.0',
    needs: ['ADMIN'],
    body: 'authorized_service!',
    shape: SERVICE_SHAPE,
    errors: [BAD_BODY, SERVER_ERROR],
    handle: createService,
  }),
  declare('POST', '/config/access/authorized_services/{authorized_service_id}', {
    summary: 'Sets when a service expires',
    since: '20.0',
    needs: ['ADMIN'],
    body: 'authorized_service!',
    success: [200],
    shape: SERVICE_SHAPE,
    errors: [
      [403, 95104011, 'An authorized service cannot update itself.'],
      notFound('Authorized service'),
      BAD_BODY,
      SERVER_ERROR,
    ],
    handle: updateService,
  }),
];
