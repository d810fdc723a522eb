import { randomUUID } from 'node:crypto';
import type { EventMapping, QidRecord } from './records.ts';
import type { State } from './state.ts';

/** QIDs made on a system are numbered above this. */
const CUSTOM_QID_START = 2_000_001;

export function createQid(state: State, given: Omit<QidRecord, 'id' | 'qid' | 'uuid'>): QidRecord {
  const id = state.qids.nextId();
  return state.qids.put(id, { ...given, id, qid: CUSTOM_QID_START + id, uuid: randomUUID() });
}

export const findMapping = (
  state: State,
  typeId: number,
  eventId: string,
  category: string,
): EventMapping | undefined =>
  state.mappings.find(
    (one) =>
      one.log_source_type_id === typeId &&
      one.log_source_event_id === eventId &&
      one.log_source_event_category === category,
  );

/** `undefined` when the event id and category are mapped already. */
export function createMapping(
  state: State,
  given: Omit<EventMapping, 'id' | 'custom_event' | 'uuid'>,
): EventMapping | undefined {
  if (findMapping(state, given.log_source_type_id, given.log_source_event_id, given.log_source_event_category))
    return undefined;
  const id = state.mappings.nextId();
  return state.mappings.put(id, { ...given, id, custom_event: true, uuid: randomUUID() });
}
