import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import type { RuleRecord } from '../state/records.ts';

const RULE_SHAPE = {
  id: 'number FS',
  name: 'string FS',
  type: 'string FS',
  enabled: 'boolean FS',
  owner: 'string FS',
  origin: 'string FS',
  identifier: 'string FS',
  linked_rule_identifier: 'string FS',
  base_capacity: 'number FS',
  base_host_id: 'number FS',
  average_capacity: 'number FS',
  capacity_timestamp: 'number FS',
  creation_date: 'number FS',
  modification_date: 'number FS',
};
const SERVER_ERROR = [500, 1020, 'An error occurred while processing the request.'] as const;
const NO_RULE = [404, 1002, 'No rule was found for the provided id.'] as const;

const present = ({ building_block: _, ...rule }: RuleRecord): Record<string, unknown> => ({
  ...rule,
  linked_rule_identifier: null,
  base_capacity: 0,
  base_host_id: 0,
  average_capacity: 0,
  capacity_timestamp: 0,
});

function updateRule(call: Call, rule: RuleRecord): unknown {
  const body = call.json('rule');
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw call.error(422, 1005, 'The rule must be an object.');
  const { enabled, owner } = body as Record<string, unknown>;
  if (enabled !== undefined && typeof enabled !== 'boolean')
    throw call.error(422, 1005, 'enabled must be true or false.');
  const known = (name: unknown): boolean => call.world.state.users.find((one) => one.username === name) !== undefined;
  if (owner !== undefined && owner !== '' && !known(owner))
    throw call.error(422, 1005, `owner ${String(owner)} is not a valid user.`);
  return present(
    call.world.state.rules.update(rule.id, {
      ...(enabled === undefined ? {} : { enabled }),
      ...(typeof owner === 'string' ? { owner } : {}),
      modification_date: call.now,
    }),
  );
}

/** Rules and building blocks behave alike. */
function ruleEndpoints(path: string, blocks: boolean, kind: string): Endpoint[] {
  const find = (call: Call): RuleRecord => {
    const rule = call.world.state.rules.get(call.number('rule_id'));
    if (rule?.building_block !== blocks)
      throw call.error(404, 1002, `No ${kind} found with id: ${call.number('rule_id')}`);
    return rule;
  };
  return [
    declare('GET', `/analytics/${path}`, {
      summary: 'Rules: names and states; conditions are not shown',
      needs: ['SEM', 'EventViewer'],
      shape: RULE_SHAPE,
      list: [1010, 1030],
      errors: [SERVER_ERROR],
      handle: (call) =>
        call.world.state.rules
          .values()
          .filter((one) => one.building_block === blocks)
          .map(present),
    }),
    declare('GET', `/analytics/${path}/{rule_id}`, {
      summary: 'One rule',
      needs: ['SEM', 'EventViewer'],
      shape: RULE_SHAPE,
      errors: [NO_RULE, SERVER_ERROR],
      handle: (call) => present(find(call)),
    }),
    declare('POST', `/analytics/${path}/{rule_id}`, {
      summary: 'Enables, disables or hands over a rule; nothing else can be changed',
      needs: ['ADMIN'],
      body: 'rule!',
      success: [200],
      shape: RULE_SHAPE,
      errors: [
        [403, 1009, 'The user does not have the required capability.'],
        NO_RULE,
        [409, 1004, 'The rule could not be changed in its current state.'],
        [422, 1005, 'A request parameter is not valid.'],
        SERVER_ERROR,
      ],
      handle: (call) => updateRule(call, find(call)),
    }),
  ];
}

const GROUP_SHAPE = {
  id: 'number FS',
  name: 'string FS',
  description: 'string F',
  level: 'number FS',
  owner: 'string FS',
  parent_id: 'number FS',
  type: 'string FS',
  child_groups: 'number[] F',
  child_items: 'string[] F',
  modified_time: 'number FS',
};

const groups = (call: Call): Record<string, unknown>[] => [
  {
    id: 3,
    name: 'User Behavior Analytics',
    description: 'Rules of the UBA app',
    level: 1,
    owner: 'admin',
    parent_id: 0,
    type: 'RULE_GROUP',
    child_groups: [],
    child_items: call.world.state.rules
      .values()
      .filter((one) => one.name.startsWith('UBA :'))
      .map((one) => String(one.id)),
    modified_time: 0,
  },
];

export const ANALYTICS_ENDPOINTS: Endpoint[] = [
  ...ruleEndpoints('rules', false, 'Custom Rule'),
  ...ruleEndpoints('building_blocks', true, 'Building Block'),
  declare('GET', '/analytics/rule_groups', {
    summary: 'Groups of rules',
    needs: ['SEM', 'EventViewer'],
    shape: GROUP_SHAPE,
    list: [1010, 1030],
    errors: [SERVER_ERROR],
    handle: groups,
  }),
  declare('GET', '/analytics/rule_groups/{group_id}', {
    summary: 'One group of rules',
    needs: ['SEM', 'EventViewer'],
    shape: GROUP_SHAPE,
    errors: [[404, 1002, 'No group was found for the provided id.'], SERVER_ERROR],
    handle: (call) => {
      const found = groups(call).find((one) => one.id === call.number('group_id'));
      if (!found) throw call.error(404, 1002, `No group found with id: ${call.number('group_id')}`);
      return found;
    },
  }),
];
