import { seesDomain } from '../http/caller.ts';
import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import { OFFENSE_TYPES } from '../state/shipped-tables.ts';

const SERVER_ERROR = [500, 1020, 'An error occurred while processing the request.'] as const;
const TYPE_SHAPE = {
  id: 'number FS',
  property_name: 'string FS',
  name: 'string FS',
  database_type: 'string FS',
  custom: 'boolean FS',
};
const TYPES = OFFENSE_TYPES.map(([id, property_name, name, database_type]) => ({
  id,
  property_name,
  name,
  database_type,
  custom: false,
}));

/** Sources and local destinations differ only in two names. */
function addressEndpoints(path: string, local: boolean, ipName: string, peersName: string): Endpoint[] {
  const shape = {
    id: 'number FS',
    [ipName]: 'string FS',
    magnitude: 'number FS',
    network: 'string FS',
    offense_ids: 'number[] F',
    [peersName]: 'number[] F',
    event_flow_count: 'number FS',
    first_event_flow_seen: 'number FS',
    last_event_flow_seen: 'number FS',
    domain_id: 'number FS',
  };
  const list = (call: Call): Record<string, unknown>[] =>
    call.world.state.addresses
      .values()
      .filter((one) => one.local === local && seesDomain(call.caller, one.domain_id))
      .map(({ ip, local: _, peer_ids, ...rest }) => ({ [ipName]: ip, [peersName]: peer_ids, ...rest }));
  return [
    declare('GET', `/siem/${path}`, {
      summary: 'Addresses seen in offenses',
      needs: ['SEM'],
      shape,
      list: [1010, 1030],
      errors: [SERVER_ERROR],
      handle: list,
    }),
    declare('GET', `/siem/${path}/{address_id}`, {
      summary: 'One address',
      needs: ['SEM'],
      shape,
      errors: [[404, 1002, 'No address was found for the provided id.'], SERVER_ERROR],
      handle: (call) => {
        const found = list(call).find((one) => one.id === call.number('address_id'));
        if (!found) throw call.error(404, 1002, `No address was found for id ${call.number('address_id')}`);
        return found;
      },
    }),
  ];
}

export const OFFENSE_CONTEXT_ENDPOINTS: Endpoint[] = [
  declare('GET', '/siem/offense_types', {
    summary: 'What offenses may be indexed on',
    needs: ['SEM'],
    shape: TYPE_SHAPE,
    list: [1010, 1012],
    errors: [SERVER_ERROR],
    handle: () => TYPES,
  }),
  declare('GET', '/siem/offense_types/{offense_type_id}', {
    summary: 'One offense type',
    needs: ['SEM'],
    shape: TYPE_SHAPE,
    errors: [[404, 1002, 'No offense type was found for the provided offense_type_id.'], SERVER_ERROR],
    handle: (call) => {
      const found = TYPES.find((one) => one.id === call.number('offense_type_id'));
      if (!found) throw call.error(404, 1002, `No offense type was found for id ${call.number('offense_type_id')}`);
      return found;
    },
  }),
  ...addressEndpoints('source_addresses', false, 'source_ip', 'local_destination_address_ids'),
  ...addressEndpoints('local_destination_addresses', true, 'local_destination_ip', 'source_address_ids'),
  declare('GET', '/analytics/rules_offense_contributions', {
    summary: 'What each rule contributed to an offense',
    since: '17.0',
    needs: ['SEM'],
    shape: {
      id: 'number FS',
      rule_id: 'number FS',
      rule_name: 'string FS',
      rule_type: 'string FS',
      offense_id: 'number FS',
      event_count: 'number FS',
      first_event: 'number FS',
      last_event: 'number FS',
    },
    list: [1010, 1030],
    errors: [SERVER_ERROR],
    handle: (call) =>
      call.world.state.contributions
        .values()
        .filter((one) => seesDomain(call.caller, call.world.state.offenses.get(one.offense_id)?.domain_id ?? 0)),
  }),
];
