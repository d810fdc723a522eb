import { isIP } from 'node:net';
import { declare } from '../http/declare.ts';
import { type Call, type Endpoint, Reply } from '../http/endpoint.ts';
import { BAD_BODY, readField, readObject } from './resource.ts';

const HOST = {
  id: 53,
  hostname: 'qradar-simulator',
  private_ip: '127.0.0.1',
  status: 'Active',
  managed_host_id: 53,
  email_server_address: 'localhost',
};
export const EVENT_COLLECTOR_ID = 7;
const COLLECTOR = {
  id: EVENT_COLLECTOR_ID,
  name: 'eventcollector0 :: qradar-simulator',
  component_name: 'eventcollector0',
  host_id: 53,
};

/** Addresses that a filter such as `ip_address IN ("10.0.0.1")` names. */
const addressesIn = (filter = ''): string[] => [
  ...new Set((filter.match(/[0-9a-fA-F:.]{3,45}/g) ?? []).filter((one) => isIP(one) !== 0)),
];
const isInternal = (ip: string): boolean => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(ip);

const SERVER_SHAPE = {
  hostname: 'string F',
  managed_host_id: 'number F',
  private_ip: 'string F',
  server_id: 'number F',
  status: 'string F',
  email_server_address: 'string',
};
const NO_SERVER = [404, 1002, 'The server does not exist.'] as const;
const MAIL_SERVER = 'mail-server';

function server(call: Call): Record<string, unknown> {
  const { id, ...rest } = HOST;
  const mail = call.world.state.settings.get(MAIL_SERVER)?.value ?? HOST.email_server_address;
  return { server_id: id, ...rest, email_server_address: mail };
}

function findServer(call: Call): Record<string, unknown> {
  if (call.number('server_id') === HOST.id) return server(call);
  throw call.error(404, 1002, `Server ID ${call.number('server_id')} does not exist`);
}

export const SYSTEM_ENDPOINTS: Endpoint[] = [
  declare('GET', '/system/about', {
    summary: 'Release of the console',
    shape: { build_version: 'string', external_version: 'string', release_name: 'string', fips_enabled: 'boolean' },
    handle: () => ({
      build_version: '2021.6.12.20250101000000',
      external_version: '7.5.0',
      release_name: '7.5.0 UpdatePackage 12',
      fips_enabled: false,
    }),
  }),
  declare('GET', '/system/servers', {
    summary: 'Hosts of the deployment',
    needs: ['ADMIN'],
    shape: SERVER_SHAPE,
    list: [1001, 1002],
    handle: (call) => [server(call)],
  }),
  declare('GET', '/system/servers/{server_id}', {
    summary: 'One host',
    needs: ['ADMIN'],
    shape: SERVER_SHAPE,
    errors: [NO_SERVER],
    handle: findServer,
  }),
  declare('POST', '/system/servers/{server_id}', {
    summary: 'Sets the mail server that a host uses',
    needs: ['ADMIN'],
    body: 'server!',
    success: [200],
    shape: SERVER_SHAPE,
    errors: [NO_SERVER, BAD_BODY],
    handle: (call) => {
      const before = findServer(call);
      const address = readField(call, readObject(call, 'server'), 'email_server_address', 'string');
      call.world.state.settings.put(MAIL_SERVER, { value: address });
      return { ...before, email_server_address: address };
    },
  }),
  declare('GET', '/config/deployment/hosts', {
    summary: 'Managed hosts',
    needs: ['ADMIN'],
    shape: {
      id: 'number F',
      hostname: 'string F',
      private_ip: 'string F',
      status: 'string F',
      managed_host_id: 'number',
      email_server_address: 'string',
    },
    list: [1001, 1002],
    handle: () => [HOST],
  }),
  declare('GET', '/config/event_sources/event_collectors', {
    summary: 'Event collectors',
    shape: { id: 'number FS', name: 'string FS', component_name: 'string FS', host_id: 'number FS' },
    list: [1001, 1002],
    handle: () => [COLLECTOR],
  }),
  declare('GET', '/services/geolocations', {
    summary: 'Where the addresses of the filter are: nothing is placed on a map here',
    shape: { ip_address: 'string F', is_local: 'boolean F', location: 'any' },
    list: [1001, 1002],
    handle: (call) => addressesIn(call.text('filter')).map((ip) => ({ ip_address: ip, is_local: isInternal(ip) })),
  }),
  declare('POST', '/auth/logout', {
    summary: 'Ends the session',
    success: [200],
    changes: false,
    handle: () => new Reply(200, true),
  }),
];
