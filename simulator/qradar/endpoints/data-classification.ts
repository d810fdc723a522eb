import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import { createMapping, createQid } from '../state/qids.ts';
import { BAD_BODY, findRow, notFound, readEndpoints, readField, readObject, SERVER_ERROR } from './resource.ts';

const BASE = '/data_classification';
const QID_SHAPE = {
  id: 'number FS',
  qid: 'number FS',
  name: 'string FS',
  description: 'string F',
  severity: 'number FS',
  low_level_category_id: 'number FS',
  log_source_type_id: 'number FS',
  uuid: 'string FS',
};
const MAPPING_SHAPE = {
  id: 'number FS',
  log_source_type_id: 'number FS',
  log_source_event_id: 'string FS',
  log_source_event_category: 'string FS',
  custom_event: 'boolean FS',
  qid_record_id: 'number FS',
  uuid: 'string FS',
};

function newQid(call: Call): object {
  const body = readObject(call, 'qid_record');
  const { state } = call.world;
  const category = readField(call, body, 'low_level_category_id', 'number');
  const known = state.lowCategories.get(category);
  if (!known) throw call.error(422, 1005, `Low level category ID ${category} does not exist`);
  const type = readField(call, body, 'log_source_type_id', 'number');
  if (!state.logSourceTypes.get(type)) throw call.error(422, 1005, `Log source type ID ${type} does not exist`);
  const severity = readField(call, body, 'severity', 'number', known.severity);
  if (severity < 0 || severity > 10) throw call.error(422, 1005, 'severity must be 0 to 10');
  return createQid(state, {
    name: readField(call, body, 'name', 'string'),
    description: readField(call, body, 'description', 'string', ''),
    severity,
    low_level_category_id: category,
    log_source_type_id: type,
  });
}

function newMapping(call: Call): object {
  const body = readObject(call, 'dsm_event_mapping');
  const { state } = call.world;
  const qidRecordId = readField(call, body, 'qid_record_id', 'number');
  if (!state.qids.get(qidRecordId)) throw call.error(422, 1005, `QID record ID ${qidRecordId} does not exist`);
  const mapping = {
    log_source_type_id: readField(call, body, 'log_source_type_id', 'number'),
    log_source_event_id: readField(call, body, 'log_source_event_id', 'string'),
    log_source_event_category: readField(call, body, 'log_source_event_category', 'string'),
    qid_record_id: qidRecordId,
  };
  const made = createMapping(state, mapping);
  if (!made) throw call.error(409, 1008, 'An event mapping for this event id and category already exists');
  return made;
}

function updateQid(call: Call): object {
  const { state } = call.world;
  const known = findRow(call, state.qids.values(), 'qid_record_id', 'QID record');
  const body = readObject(call, 'qid_record');
  const severity = readField(call, body, 'severity', 'number', known.severity);
  if (severity < 0 || severity > 10) throw call.error(422, 1005, 'severity must be 0 to 10');
  const category = readField(call, body, 'low_level_category_id', 'number', known.low_level_category_id);
  if (!state.lowCategories.get(category))
    throw call.error(422, 1005, `Low level category ID ${category} does not exist`);
  return state.qids.update(known.id, {
    name: readField(call, body, 'name', 'string', known.name),
    description: readField(call, body, 'description', 'string', known.description),
    severity,
    low_level_category_id: category,
  });
}

function updateMapping(call: Call): object {
  const { state } = call.world;
  const known = findRow(call, state.mappings.values(), 'dsm_event_mapping_id', 'Event mapping');
  const qidRecordId = readField(call, readObject(call, 'dsm_event_mapping'), 'qid_record_id', 'number');
  if (!state.qids.get(qidRecordId)) throw call.error(422, 1005, `QID record ID ${qidRecordId} does not exist`);
  return state.mappings.update(known.id, { qid_record_id: qidRecordId });
}

const category = (path: string, id: string, title: string, low: boolean): Endpoint[] =>
  readEndpoints({
    path: `${BASE}/${path}`,
    id,
    title,
    shape: {
      id: 'number FS',
      name: 'string FS',
      description: 'string F',
      ...(low ? { high_level_category_id: 'number FS', severity: 'number FS' } : {}),
    },
    rows: (call) => (low ? call.world.state.lowCategories : call.world.state.highCategories).values(),
  });

export const DATA_CLASSIFICATION_ENDPOINTS: Endpoint[] = [
  ...category('high_level_categories', 'high_level_category_id', 'High level category', false),
  ...category('low_level_categories', 'low_level_category_id', 'Low level category', true),
  ...readEndpoints({
    path: `${BASE}/qid_records`,
    id: 'qid_record_id',
    title: 'QID record',
    shape: QID_SHAPE,
    rows: (call) => call.world.state.qids.values(),
  }),
  declare('POST', `${BASE}/qid_records`, {
    summary: 'Creates a QID record',
    needs: ['ADMIN'],
    body: 'qid_record!',
    shape: QID_SHAPE,
    errors: [BAD_BODY, SERVER_ERROR],
    handle: newQid,
  }),
  declare('POST', `${BASE}/qid_records/{qid_record_id}`, {
    summary: 'Changes a QID record',
    needs: ['ADMIN'],
    body: 'qid_record!',
    success: [200],
    shape: QID_SHAPE,
    errors: [notFound('QID record'), BAD_BODY, SERVER_ERROR],
    handle: updateQid,
  }),
  ...readEndpoints({
    path: `${BASE}/dsm_event_mappings`,
    id: 'dsm_event_mapping_id',
    title: 'Event mapping',
    shape: MAPPING_SHAPE,
    rows: (call) => call.world.state.mappings.values(),
  }),
  declare('POST', `${BASE}/dsm_event_mappings`, {
    summary: 'Maps an event id and category of a log source type to a QID',
    needs: ['ADMIN'],
    body: 'dsm_event_mapping!',
    shape: MAPPING_SHAPE,
    errors: [[409, 1008, 'The event mapping already exists.'], BAD_BODY, SERVER_ERROR],
    handle: newMapping,
  }),
  declare('POST', `${BASE}/dsm_event_mappings/{dsm_event_mapping_id}`, {
    summary: 'Maps to another QID',
    needs: ['ADMIN'],
    body: 'dsm_event_mapping!',
    success: [200],
    shape: MAPPING_SHAPE,
    errors: [notFound('Event mapping'), BAD_BODY, SERVER_ERROR],
    handle: updateMapping,
  }),
];
