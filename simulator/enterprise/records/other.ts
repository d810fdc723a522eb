import { type Activity, makeActivity } from '../../../src/domain/activity.ts';
import { fileCategoryOf } from '../files.ts';
import { LOG_SOURCES } from '../log-sources.ts';
import type { Database, FileEntry, Person, Server, WebSite } from '../types.ts';

const record = (source: keyof typeof LOG_SOURCES, timeMs: number, fields: Partial<Activity>): Activity =>
  makeActivity({ outcome: 'success', ...fields, timeMs, logSource: LOG_SOURCES[source].logSource });

export const web = (
  timeMs: number,
  activity: 'visit' | 'download' | 'upload',
  person: Person,
  source: string,
  site: WebSite,
  path: string,
  bytesOut: number,
  bytesIn: number,
): Activity =>
  record('proxy', timeMs, {
    class: 'http',
    activity,
    account: person.login,
    device: person.device,
    source,
    target: site.host,
    resource: `https://${site.host}${path}`,
    bytesOut,
    bytesIn,
    webCategory: site.category,
    fileCategory: activity === 'visit' ? 'none' : fileCategoryOf(path),
  });

export const tunnel = (
  timeMs: number,
  activity: 'connect' | 'disconnect',
  person: Person,
  source: string,
  bytes = 0,
): Activity =>
  record('vpn', timeMs, {
    class: 'tunnel',
    activity,
    account: person.login,
    source,
    target: 'vpn.corp.example',
    device: activity === 'connect' ? '' : person.device,
    bytesOut: Math.round(bytes * 0.2),
    bytesIn: bytes,
  });

export const failedTunnel = (timeMs: number, login: string, source: string): Activity =>
  record('vpn', timeMs, {
    class: 'tunnel',
    activity: 'connect',
    account: login,
    source,
    target: 'vpn.corp.example',
    outcome: 'failure',
    severity: 4,
  });

export interface MailFields {
  recipients: string[];
  /** When there are more recipients than are listed. */
  recipientCount?: number;
  externalCount: number;
  attachments: number;
  bytes: number;
  device?: string;
  source?: string;
}

export const mailSent = (timeMs: number, sender: string, fields: MailFields): Activity =>
  record('mail', timeMs, {
    class: 'email',
    activity: 'send',
    account: sender,
    device: fields.device ?? '',
    source: fields.source ?? '',
    resource: fields.recipients.join(';'),
    recipients: fields.recipientCount ?? fields.recipients.length,
    recipientsExternal: fields.externalCount,
    attachments: fields.attachments,
    bytesOut: fields.bytes,
  });

export const mailReceived = (
  timeMs: number,
  receiver: Person,
  sender: string,
  attachments: number,
  bytes: number,
): Activity =>
  record('mail', timeMs, {
    class: 'email',
    activity: 'receive',
    account: receiver.email,
    device: receiver.device,
    source: sender,
    resource: receiver.email,
    recipients: 1,
    attachments,
    bytesIn: bytes,
  });

export const localFile = (
  timeMs: number,
  activity: 'read' | 'create' | 'update' | 'copy' | 'delete' | 'rename',
  account: string,
  device: string,
  path: string,
  file: FileEntry,
  process: string,
): Activity =>
  record('endpoint', timeMs, {
    class: 'file_system',
    activity,
    account,
    device,
    resource: path,
    process,
    bytesOut: activity === 'copy' || activity === 'create' ? file.sizeBytes : 0,
    fileCategory: file.category,
    sensitivity: file.sensitivity,
  });

export const removableCopy = (
  timeMs: number,
  account: string,
  device: string,
  file: FileEntry,
  direction: 'to' | 'from' = 'to',
): Activity =>
  record('endpoint', timeMs, {
    class: 'file_system',
    activity: direction === 'to' ? 'copy' : 'read',
    account,
    device,
    resource: `E:\\${file.name}`,
    process: 'C:\\Windows\\explorer.exe',
    bytesOut: direction === 'to' ? file.sizeBytes : 0,
    bytesIn: direction === 'to' ? 0 : file.sizeBytes,
    removable: true,
    fileCategory: file.category,
    sensitivity: file.sensitivity,
  });

export const peripheral = (
  timeMs: number,
  activity: 'connect' | 'disconnect',
  account: string,
  device: string,
  volume: string,
): Activity =>
  record('endpoint', timeMs, { class: 'peripheral', activity, account, device, resource: volume, removable: true });

export const query = (
  timeMs: number,
  account: string,
  device: string,
  source: string,
  database: Database,
  command: string,
  bytesIn: number,
  activity: 'query' | 'export' | 'update' = 'query',
): Activity =>
  record('database', timeMs, {
    class: 'datastore',
    activity,
    account,
    device,
    source,
    target: database.server.name,
    resource: database.name,
    command,
    bytesIn,
    sensitivity: database.sensitivity,
  });

export const cloudLogon = (
  timeMs: number,
  account: string,
  source: string,
  outcome: 'success' | 'failure' = 'success',
): Activity =>
  record('directory', timeMs, {
    class: 'authentication',
    activity: 'logon',
    account,
    source,
    target: 'login.corp.example',
    outcome,
  });

export const cloudFile = (
  timeMs: number,
  activity: 'open' | 'read' | 'download' | 'upload' | 'update' | 'share',
  account: string,
  source: string,
  file: FileEntry,
): Activity =>
  record('cloud', timeMs, {
    class: 'file_hosting',
    activity,
    account,
    source,
    target: 'corp.sharepoint.example',
    resource: file.path,
    bytesIn: activity === 'download' ? file.sizeBytes : 0,
    bytesOut: activity === 'upload' ? file.sizeBytes : 0,
    fileCategory: file.category,
    sensitivity: file.sensitivity,
  });

export const sshLogon = (
  timeMs: number,
  login: string,
  source: string,
  server: Server,
  outcome: 'success' | 'failure' = 'success',
): Activity =>
  record('linux', timeMs, {
    class: 'authentication',
    activity: 'logon',
    account: login,
    device: server.name.toLowerCase(),
    source,
    target: server.address,
    outcome,
  });

export const sshCommand = (timeMs: number, login: string, server: Server, command: string): Activity =>
  record('linux', timeMs, {
    class: 'process',
    activity: 'launch',
    account: login,
    device: server.name.toLowerCase(),
    process: `/usr/bin/${command.split(' ')[0]}`,
    command,
  });

export const connection = (
  timeMs: number,
  device: string,
  source: string,
  target: string,
  resource: string,
  outcome: 'success' | 'failure',
  bytesOut = 0,
): Activity =>
  record('firewall', timeMs, {
    class: 'network',
    activity: 'connect',
    device,
    source,
    target,
    resource,
    outcome,
    bytesOut,
  });
