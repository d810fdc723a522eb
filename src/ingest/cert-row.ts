import { type Activity, makeActivity } from '../domain/activity.ts';
import type { ParseOutcome } from '../domain/ingest.ts';
import type { CertKind, CertLayout } from './cert-columns.ts';
import { hostOf } from './classify-web.ts';
import { deriveColumns, raise } from './derive-columns.ts';
import { countOf } from './field-reader.ts';
import { describeMail, splitAddresses } from './mail-fields.ts';
import type { ParseContext } from './options.ts';
import { deadLetter, parsed } from './outcome.ts';
import { parseIsoTime, parseUsDateTime } from './parse-time.ts';

const LOG_SOURCE: Readonly<Record<CertKind, string>> = {
  logon: 'CERT logon',
  device: 'CERT device',
  file: 'CERT file',
  http: 'CERT http',
  email: 'CERT email',
  ldap: 'CERT LDAP',
};

/** One record of a CERT log file to an activity. Dates are wall-clock times in the context's zone. */
export function parseCertRow(row: readonly string[], layout: CertLayout, context: ParseContext): ParseOutcome {
  const at = layout.columns;
  const field = (name: string): string => {
    const position = at.get(name);
    return position === undefined ? '' : (row[position] ?? '');
  };
  if (row.length < at.size - (at.has('content') ? 1 : 0)) {
    return deadLetter('bad-csv', `${row.length} columns where the header has ${at.size}`);
  }
  const date = field('date');
  let timeMs = parseUsDateTime(date, context.timeZone);
  if (Number.isNaN(timeMs)) timeMs = parseIsoTime(date.trim(), context.timeZone);
  if (Number.isNaN(timeMs)) return deadLetter('bad-time', 'date is not MM/DD/YYYY HH:MM:SS');
  const account = field('user').trim();
  if (account === '') return deadLetter('missing-field', 'user is empty');

  const action = field('activity').trim().toLowerCase();
  const kind = kindOfRow(layout.kind, action);
  const activity = makeActivity({});
  const id = field('id').trim();
  activity.originId = id === '' ? '' : `${kind}:${id}`;
  activity.timeMs = timeMs;
  activity.outcome = 'success';
  activity.account = account;
  activity.device = field('pc').trim();
  activity.logSource = LOG_SOURCE[kind];
  switch (kind) {
    case 'logon':
      activity.class = 'authentication';
      activity.activity = action === 'logoff' ? 'logoff' : action === 'logon' ? 'logon' : 'other';
      break;
    case 'device':
      activity.class = 'peripheral';
      activity.activity = action === 'connect' ? 'connect' : action === 'disconnect' ? 'disconnect' : 'other';
      activity.removable = true;
      activity.resource = field('file_tree');
      break;
    case 'file':
      fillFile(activity, action, at.has('to_removable_media'), field);
      break;
    case 'http':
      activity.class = 'http';
      activity.resource = field('url');
      activity.target = hostOf(activity.resource);
      activity.activity = action.includes('upload') ? 'upload' : action.includes('download') ? 'download' : 'visit';
      break;
    default:
      fillMail(activity, action, field, context);
  }
  return parsed(deriveColumns(activity, context));
}

/** Logon and device rows share columns: the activity tells them apart where the file's name does not. */
function kindOfRow(kind: CertKind | undefined, action: string): CertKind {
  if (kind === undefined || kind === 'logon' || kind === 'device') {
    if (action === 'connect' || action === 'disconnect') return 'device';
    if (action === 'logon' || action === 'logoff') return 'logon';
  }
  return kind ?? 'logon';
}

function fillFile(activity: Activity, action: string, saysMedia: boolean, field: (name: string) => string): void {
  activity.class = 'file_system';
  activity.resource = field('filename');
  if (!saysMedia) {
    // Release 4.2: every row is a copy to removable media.
    activity.activity = action === '' ? 'copy' : fileAction(action);
    activity.removable = true;
    return;
  }
  activity.activity = fileAction(action);
  activity.removable = field('to_removable_media').trim().toLowerCase() === 'true';
}

function fileAction(action: string): Activity['activity'] {
  if (action.includes('copy')) return 'copy';
  if (action.includes('write')) return 'update';
  if (action.includes('delete')) return 'delete';
  return action.includes('open') ? 'open' : 'other';
}

function fillMail(activity: Activity, action: string, field: (name: string) => string, context: ParseContext): void {
  const from = field('from').trim();
  const recipients = [...splitAddresses(field('to')), ...splitAddresses(field('cc')), ...splitAddresses(field('bcc'))];
  const mail = describeMail(from, recipients, field('attachments'), context);
  const size = countOf(field('size'));
  activity.class = 'email';
  activity.activity = action === 'view' || action === 'receive' ? 'receive' : 'send';
  activity.source = from;
  activity.target = activity.activity === 'send' ? mail.target : '';
  activity.resource = recipients.join(';');
  activity.recipients = recipients.length;
  // Of a received message the sender may be outside, and then says nothing about its recipients.
  const knowsInside = activity.activity === 'send' || context.internalDomains.size > 0;
  activity.recipientsExternal = knowsInside ? mail.external : 0;
  activity.attachments = mail.attachments;
  activity.fileCategory = mail.fileCategory;
  raise(activity, mail.sensitivity);
  if (activity.activity === 'send') activity.bytesOut = size;
  else activity.bytesIn = size;
}
