import type { Activity } from '../../../src/domain/activity.ts';
import { fileCategoryOf } from '../files.ts';
import type { Person, WebSite } from '../types.ts';
import { record } from './record.ts';

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
