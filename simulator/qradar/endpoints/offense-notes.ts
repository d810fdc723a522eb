import { declare } from '../http/declare.ts';
import type { Call, Endpoint } from '../http/endpoint.ts';
import type { NoteRecord } from '../state/records.ts';
import { findOffense } from './offenses.ts';

/** Not printed on any page; real systems cap near this. */
export const NOTE_LIMIT = 2000;
/** Closing reasons are 5 to 60 characters long. */
const REASON_LENGTH = { least: 5, most: 60 };

const NOTE_SHAPE = { id: 'number FS', create_time: 'number FS', username: 'string FS', note_text: 'string F' };
const REASON_SHAPE = { id: 'number FS', text: 'string FS', is_deleted: 'boolean FS', is_reserved: 'boolean FS' };
const NO_OFFENSE = [404, 1002, 'No offense was found for the provided offense_id.'] as const;
const NO_NOTE = [404, 1003, 'No note was found for the provided note_id.'] as const;
const BAD_PARAMETER = [422, 1005, 'A request parameter is not valid.'] as const;
const SERVER_ERROR = [500, 1020, 'An error occurred while processing the request.'] as const;

const notFound = (call: Call): string => `Offense not found for offense_id: ${call.number('offense_id')}`;
const present = ({ offense_id: _, ...note }: NoteRecord): Omit<NoteRecord, 'offense_id'> => note;

function createNote(call: Call): unknown {
  const offense = findOffense(call, notFound(call));
  const text = call.text('note_text')!;
  if (text.length > NOTE_LIMIT)
    throw call.error(422, 1005, `note_text is longer than the ${NOTE_LIMIT} characters that are allowed.`);
  const { notes } = call.world.state;
  const id = notes.nextId();
  const note = { id, offense_id: offense.id, create_time: call.now, username: call.caller.label, note_text: text };
  return present(notes.put(id, note));
}

function listNotes(call: Call): unknown[] {
  const offense = findOffense(call, notFound(call));
  return call.world.state.notes
    .values()
    .filter((one) => one.offense_id === offense.id)
    .map(present);
}

function getNote(call: Call): unknown {
  const offense = findOffense(call, notFound(call));
  const note = call.world.state.notes.get(call.number('note_id'));
  if (note?.offense_id !== offense.id)
    throw call.error(404, 1003, `Note not found for note_id: ${call.number('note_id')}`);
  return present(note);
}

function createReason(call: Call): unknown {
  const text = call.text('reason')!.trim();
  if (text.length < REASON_LENGTH.least || text.length > REASON_LENGTH.most)
    throw call.error(422, 1005, 'reason must be 5 to 60 characters long.');
  const { closingReasons } = call.world.state;
  if (closingReasons.find((one) => one.text === text))
    throw call.error(409, 1004, `A closing reason with the text ${text} already exists`);
  const id = closingReasons.nextId();
  return closingReasons.put(id, { id, text, is_deleted: false, is_reserved: false });
}

const shownReasons = (call: Call): unknown[] =>
  call.world.state.closingReasons
    .values()
    .filter(
      (one) => (call.flag('include_reserved') || !one.is_reserved) && (call.flag('include_deleted') || !one.is_deleted),
    );

export const NOTE_ENDPOINTS: Endpoint[] = [
  declare('GET', '/siem/offenses/{offense_id}/notes', {
    summary: 'Notes of an offense',
    needs: ['SEM'],
    shape: NOTE_SHAPE,
    list: [1010, 1030],
    errors: [NO_OFFENSE, SERVER_ERROR],
    handle: listNotes,
  }),
  declare('POST', '/siem/offenses/{offense_id}/notes', {
    summary: 'Adds a note; notes can be neither changed nor removed',
    needs: ['SEM'],
    query: ['note_text!'],
    shape: NOTE_SHAPE,
    errors: [NO_OFFENSE, BAD_PARAMETER, SERVER_ERROR],
    handle: createNote,
  }),
  declare('GET', '/siem/offenses/{offense_id}/notes/{note_id}', {
    summary: 'One note',
    needs: ['SEM'],
    shape: NOTE_SHAPE,
    errors: [NO_OFFENSE, NO_NOTE, SERVER_ERROR],
    handle: getNote,
  }),
  declare('GET', '/siem/offense_closing_reasons', {
    summary: 'Closing reasons',
    needs: ['SEM'],
    query: ['include_reserved:boolean', 'include_deleted:boolean'],
    shape: REASON_SHAPE,
    list: [1010, 1030],
    errors: [SERVER_ERROR],
    handle: shownReasons,
  }),
  declare('GET', '/siem/offense_closing_reasons/{closing_reason_id}', {
    summary: 'One closing reason',
    needs: ['SEM'],
    shape: REASON_SHAPE,
    errors: [[404, 1002, 'No closing reason was found for the provided closing_reason_id.'], SERVER_ERROR],
    handle: (call) => {
      const id = call.number('closing_reason_id');
      const reason = call.world.state.closingReasons.get(id);
      if (!reason) throw call.error(404, 1002, `Closing Reason not found for closing_reason_id: ${id}`);
      return reason;
    },
  }),
  declare('POST', '/siem/offense_closing_reasons', {
    summary: 'Adds a closing reason',
    needs: ['ADMIN'],
    query: ['reason!'],
    shape: REASON_SHAPE,
    errors: [[409, 1004, 'A closing reason with the provided text already exists.'], BAD_PARAMETER, SERVER_ERROR],
    handle: createReason,
  }),
];
