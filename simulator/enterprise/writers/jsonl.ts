import type { Activity } from '../../../src/domain/activity.ts';

const UNSAFE = /[^ !#-[\]-~]/;
const quote = (text: string): string => (UNSAFE.test(text) ? JSON.stringify(text) : `"${text}"`);

/** One JSON object with the field names of `Activity`; absent and empty fields are left out. */
export function formatJson(a: Activity): string {
  let line = `{"originId":"${a.originId}","time":"${new Date(a.timeMs).toISOString()}","class":"${a.class}","activity":"${a.activity}","outcome":"${a.outcome}"`;
  if (a.account !== '') line += `,"account":${quote(a.account)}`;
  if (a.accountSid !== '') line += `,"accountSid":${quote(a.accountSid)}`;
  if (a.targetAccount !== '') line += `,"targetAccount":${quote(a.targetAccount)}`;
  if (a.device !== '') line += `,"device":${quote(a.device)}`;
  if (a.source !== '') line += `,"source":${quote(a.source)}`;
  if (a.target !== '') line += `,"target":${quote(a.target)}`;
  if (a.resource !== '') line += `,"resource":${quote(a.resource)}`;
  if (a.process !== '') line += `,"process":${quote(a.process)}`;
  if (a.command !== '') line += `,"command":${quote(a.command)}`;
  if (a.bytesOut !== 0) line += `,"bytesOut":${a.bytesOut}`;
  if (a.bytesIn !== 0) line += `,"bytesIn":${a.bytesIn}`;
  if (a.logonType !== 0) line += `,"logonType":${a.logonType}`;
  if (a.eventCode !== 0) line += `,"eventCode":${a.eventCode}`;
  if (a.recipients !== 0) line += `,"recipients":${a.recipients}`;
  if (a.recipientsExternal !== 0) line += `,"recipientsExternal":${a.recipientsExternal}`;
  if (a.attachments !== 0) line += `,"attachments":${a.attachments}`;
  if (a.removable) line += ',"removable":true';
  if (a.privileged) line += ',"privileged":true';
  if (a.severity !== 0) line += `,"severity":${a.severity}`;
  if (a.fileCategory !== 'none') line += `,"fileCategory":"${a.fileCategory}"`;
  if (a.webCategory !== 'none') line += `,"webCategory":"${a.webCategory}"`;
  if (a.sensitivity !== 0) line += `,"sensitivity":${a.sensitivity}`;
  if (a.domain !== '') line += `,"domain":${quote(a.domain)}`;
  return `${line},"logSource":${quote(a.logSource)}}\n`;
}
