import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import { UBA_APP_ID } from '../state/shipped.ts';
import { SERVER_ERROR } from './resource.ts';

const APP_SHAPE = {
  application_definition_id: 'number FS',
  application_state: [
    'F',
    { application_id: 'number', status: 'string', memory: 'number', error_message: 'string', error_messages: 'any' },
  ],
  manifest: [
    'F',
    { name: 'string', description: 'string', version: 'string', uuid: 'string', app_id: 'number', areas: 'any' },
  ],
  security_profile_id: 'number F',
  multitenancy_safe: 'boolean F',
} as const;

const apps = [
  {
    application_definition_id: UBA_APP_ID - 1,
    application_state: {
      application_id: UBA_APP_ID,
      status: 'RUNNING',
      memory: 1024,
      error_message: '',
      error_messages: [],
    },
    manifest: {
      name: 'User Analytics',
      description: 'User Behavior Analytics for QRadar',
      version: '4.1.16',
      uuid: '9c1b1c53-1fd2-4a4b-a3a8-000000001101',
      app_id: UBA_APP_ID,
      areas: [{ id: 'UBA', text: 'User Analytics', url: 'index' }],
    },
    security_profile_id: 1,
    multitenancy_safe: false,
  },
];

export const APP_ENDPOINTS: Endpoint[] = [
  declare('GET', '/gui_app_framework/applications', {
    summary: 'Installed apps: the way to the UBA app',
    shape: APP_SHAPE,
    list: [1010, 1012],
    errors: [SERVER_ERROR],
    handle: () => apps,
  }),
  declare('GET', '/gui_app_framework/applications/{application_id}', {
    summary: 'One app',
    shape: APP_SHAPE,
    errors: [[404, 1002, 'The application does not exist.'], SERVER_ERROR],
    handle: (call: Call) => {
      const found = apps.find((one) => one.application_state.application_id === call.number('application_id'));
      if (!found) throw call.error(404, 1002, `Application ID ${call.number('application_id')} does not exist`);
      return found;
    },
  }),
];
