import { seesDomain } from '../http/caller.ts';
import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import { INACTIVE_AFTER_MS } from '../state/offenses.ts';
import type { OffenseRecord } from '../state/records.ts';
import { OFFENSE_SHAPE } from './offense-shape.ts';

const SERVER_ERROR = [500, 1020, 'An error occurred while processing the request.'] as const;
const NO_OFFENSE = [404, 1002, 'No offense was found for the provided offense_id.'] as const;
const BAD_PARAMETER = [422, 1005, 'A request parameter is not valid.'] as const;

/** As the console shows it: whether it still takes events follows from the clock. */
const present = (offense: OffenseRecord, nowMs: number): OffenseRecord => ({
  ...offense,
  inactive: offense.status === 'CLOSED' || nowMs - offense.last_updated_time >= INACTIVE_AFTER_MS,
});

/** The offense of the path, hidden when its domain is. */
export function findOffense(call: Call, message: string): OffenseRecord {
  const offense = call.world.state.offenses.get(call.number('offense_id'));
  if (!offense || !seesDomain(call.caller, offense.domain_id)) throw call.error(404, 1002, message);
  return offense;
}

const listOffenses = (call: Call): OffenseRecord[] =>
  call.world.state.offenses
    .values()
    .filter((one) => seesDomain(call.caller, one.domain_id))
    .reverse()
    .map((one) => present(one, call.now));

/** Users and services that an offense may be assigned to. */
export function listAssignable(call: Call): { user_id: number; username: string; description: string }[] {
  const { users, services, roles } = call.world.state;
  const works = (roleId: number): boolean =>
    ['ADMIN', 'SEM'].some((one) => roles.get(roleId)?.capabilities.includes(one));
  return [
    ...users.values().map((one) => ({ id: one.id, name: one.username, role: one.user_role_id })),
    ...services.values().map((one) => ({ id: 10_000 + one.id, name: one.label, role: one.user_role_id })),
  ]
    .filter((one) => works(one.role))
    .map((one) => ({ user_id: one.id, username: one.name, description: '' }));
}

function updateOffense(call: Call): OffenseRecord {
  const offense = findOffense(call, `Offense not found for offense_id: ${call.number('offense_id')}`);
  const change: Partial<OffenseRecord> = {};
  const status = call.text('status') as OffenseRecord['status'] | undefined;
  if (status !== undefined) {
    if (offense.status === 'CLOSED') throw call.error(409, 1008, `Offense ${offense.id} is already closed.`);
    change.status = status;
    if (status === 'CLOSED') Object.assign(change, closing(call));
  }
  const actor = call.text('assigned_to');
  if (actor !== undefined) {
    if (!listAssignable(call).some((one) => one.username === actor))
      throw call.error(422, 1005, `assigned_to value ${actor} is not a valid user.`);
    change.assigned_to = actor;
  }
  const [isProtected, followUp] = [call.flag('protected'), call.flag('follow_up')];
  if (isProtected !== undefined) change.protected = isProtected;
  if (followUp !== undefined) change.follow_up = followUp;
  const changed = Object.keys(change).length > 0;
  return present(
    changed ? call.world.state.offenses.update(offense.id, { ...change, last_persisted_time: call.now }) : offense,
    call.now,
  );
}

function closing(call: Call): Partial<OffenseRecord> {
  const id = call.number('closing_reason_id');
  if (id === undefined) throw call.error(422, 1005, 'closing_reason_id must be provided when closing an offense.');
  const reason = call.world.state.closingReasons.get(id);
  if (!reason || reason.is_deleted || reason.is_reserved)
    throw call.error(422, 1005, `closing_reason_id ${id} is not a valid closing reason.`);
  return { closing_reason_id: id, close_time: call.now, closing_user: call.caller.label };
}

export const OFFENSE_ENDPOINTS: Endpoint[] = [
  declare('GET', '/siem/offenses', {
    summary: 'Lists offenses',
    needs: ['SEM'],
    shape: OFFENSE_SHAPE,
    list: [1010, 1030],
    errors: [BAD_PARAMETER, SERVER_ERROR],
    handle: listOffenses,
  }),
  declare('GET', '/siem/offenses/{offense_id}', {
    summary: 'One offense',
    needs: ['SEM'],
    shape: OFFENSE_SHAPE,
    errors: [NO_OFFENSE, SERVER_ERROR],
    handle: (call) => present(findOffense(call, NO_OFFENSE[2]), call.now),
  }),
  declare('POST', '/siem/offenses/{offense_id}', {
    summary: 'Changes status, assignment, protection or follow-up',
    needs: ['SEM'],
    query: [
      'protected:boolean',
      'follow_up:boolean',
      'status:OPEN|HIDDEN|CLOSED',
      'closing_reason_id:number',
      'assigned_to',
    ],
    success: [200],
    shape: OFFENSE_SHAPE,
    errors: [
      [403, 1009, 'The user does not have the required capability.'],
      NO_OFFENSE,
      [409, 1008, 'The request could not be completed in the current state of the offense.'],
      BAD_PARAMETER,
      SERVER_ERROR,
    ],
    handle: updateOffense,
  }),
  declare('GET', '/siem/offenses/{offense_id}/assignable_actors', {
    summary: 'Who an offense may be assigned to',
    since: '20.0',
    needs: ['SEM'],
    shape: { user_id: 'number FS', username: 'string FS', description: 'string' },
    list: [1010, 1030],
    errors: [[404, 85101001, 'No offense was found for the provided offense_id.']],
    handle: (call) => {
      const offense = call.world.state.offenses.get(call.number('offense_id'));
      if (!offense || !seesDomain(call.caller, offense.domain_id))
        throw call.error(404, 85101001, `No offense was found for id ${call.number('offense_id')}`);
      return listAssignable(call);
    },
  }),
];
