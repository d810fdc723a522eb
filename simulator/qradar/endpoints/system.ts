import { declare } from '../http/declare.ts';
import { type Endpoint, Reply } from '../http/endpoint.ts';

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
    shape: {
      hostname: 'string F',
      managed_host_id: 'number F',
      private_ip: 'string F',
      server_id: 'number F',
      status: 'string F',
      email_server_address: 'string',
    },
    list: [1001, 1002],
    handle: () => [{ server_id: HOST.id, ...HOST }].map(({ id: _, ...rest }) => rest),
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
  declare('POST', '/auth/logout', {
    summary: 'Ends the session',
    success: [200],
    changes: false,
    handle: () => new Reply(200, true),
  }),
];
