import type { Activity } from '../../../src/domain/activity.ts';
import { LOG_SOURCES, logSourceNamed } from '../log-sources.ts';
import { windowsFields } from './windows-fields.ts';

const UNSAFE = /[\t\r\n]/;
const SPACES = /[^!-~]+/g;
const clean = (text: string): string => (UNSAFE.test(text) ? text.replace(/[\t\r\n]+/g, ' ') : text);
const pair = (key: string, text: string): string => (text === '' ? '' : `\t${key}=${clean(text)}`);
const count = (key: string, value: number): string => (value === 0 ? '' : `\t${key}=${value}`);

/** RFC 5424 header and LEEF 2.0 with tab-separated attributes; Windows events carry their event id, others the activity. */
export function formatLeef(a: Activity): string {
  const source = logSourceNamed(a.logSource);
  const isWindows = a.logSource === LOG_SOURCES.windows.logSource;
  const id = isWindows ? String(a.eventCode) : a.activity;
  const host = a.device === '' ? 'gateway.corp.example' : a.device.replace(SPACES, '-');
  const header = `<134>1 ${new Date(a.timeMs).toISOString()} ${host} ${source.product.replace(SPACES, '')} - - - `;
  let line = `${header}LEEF:2.0|${source.vendor}|${source.product}|${source.version}|${id}|x09|devTime=${a.timeMs}`;
  line += `\tcat=${a.class}`;
  line += pair('usrName', a.account);
  line += pair('src', a.source);
  line += pair('dst', a.target);
  line += pair('identHostName', a.device);
  line += pair(a.class === 'http' ? 'url' : 'resource', a.resource);
  line += pair('targetUser', a.targetAccount);
  line += pair('process', a.process);
  line += pair('command', a.command);
  line += count('srcBytes', a.bytesOut);
  line += count('dstBytes', a.bytesIn);
  if (a.outcome !== 'unknown') line += `\toutcome=${a.outcome}`;
  line += count('sev', a.severity);
  line += count('logonType', a.logonType);
  line += count('recipients', a.recipients);
  line += count('recipientsExternal', a.recipientsExternal);
  line += count('attachments', a.attachments);
  if (isWindows) for (const [name, value] of windowsFields(a)) line += pair(name, value);
  if (a.removable) line += '\tremovable=true';
  if (a.privileged) line += '\tprivileged=true';
  line += count('sensitivity', a.sensitivity);
  line += pair('domain', a.domain);
  return `${line}\teventUid=${a.originId}\n`;
}
