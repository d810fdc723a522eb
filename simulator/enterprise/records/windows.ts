import { type Activity, makeActivity } from '../../../src/domain/activity.ts';
import { ticketAccount } from '../accounts.ts';
import { LOG_SOURCES } from '../log-sources.ts';
import type { FileEntry, FolderTree, Server } from '../types.ts';

/** Windows Security events as activities; the number is the event id. */
const windows = (eventCode: number, timeMs: number, fields: Partial<Activity>): Activity =>
  makeActivity({ outcome: 'success', ...fields, eventCode, timeMs, logSource: LOG_SOURCES.windows.logSource });

export interface Logon {
  account: string;
  device: string;
  source: string;
  logonType: number;
}

export const logon = (timeMs: number, by: Logon): Activity =>
  windows(4624, timeMs, { class: 'authentication', activity: 'logon', ...by });

export const failedLogon = (timeMs: number, by: Logon): Activity =>
  windows(4625, timeMs, { class: 'authentication', activity: 'logon', ...by, outcome: 'failure', severity: 3 });

export const logoff = (timeMs: number, by: Logon, eventCode: 4634 | 4647 = 4634): Activity =>
  windows(eventCode, timeMs, { class: 'authentication', activity: 'logoff', ...by });

export const specialPrivileges = (timeMs: number, account: string, device: string): Activity =>
  windows(4672, timeMs, {
    class: 'authorize_session',
    activity: 'assign_privileges',
    account,
    device,
    privileged: true,
  });

export const explicitLogon = (
  timeMs: number,
  account: string,
  device: string,
  targetAccount: string,
  target: string,
  process: string,
): Activity =>
  windows(4648, timeMs, {
    class: 'authentication',
    activity: 'explicit_logon',
    account,
    device,
    targetAccount,
    target,
    process,
  });

export const serviceTicket = (
  timeMs: number,
  login: string,
  controller: Server,
  source: string,
  service: string,
): Activity =>
  windows(4769, timeMs, {
    class: 'authentication',
    activity: 'service_ticket',
    account: ticketAccount(login),
    device: controller.name,
    source,
    resource: service,
  });

export const authenticationTicket = (timeMs: number, login: string, controller: Server, source: string): Activity =>
  windows(4768, timeMs, {
    class: 'authentication',
    activity: 'authentication_ticket',
    account: login,
    device: controller.name,
    source,
    resource: 'krbtgt',
  });

export const launch = (timeMs: number, account: string, device: string, process: string, command: string): Activity =>
  windows(4688, timeMs, { class: 'process', activity: 'launch', account, device, process, command });

export const shareOpen = (timeMs: number, account: string, tree: FolderTree, source: string): Activity =>
  windows(5140, timeMs, {
    class: 'file_system',
    activity: 'open',
    account,
    device: tree.host,
    source,
    target: tree.address,
    resource: tree.root,
  });

export const shareFile = (
  timeMs: number,
  activity: 'read' | 'create' | 'update' | 'delete',
  account: string,
  tree: Pick<FolderTree, 'host' | 'address'>,
  file: FileEntry,
  source: string,
): Activity =>
  windows(5145, timeMs, {
    class: 'file_system',
    activity,
    account,
    device: tree.host,
    source,
    target: tree.address,
    resource: file.path,
    fileCategory: file.category,
    sensitivity: file.sensitivity,
  });

export const accountChange = (
  timeMs: number,
  eventCode: 4720 | 4724 | 4725 | 4740,
  activity: 'create' | 'password_reset' | 'disable' | 'lock',
  account: string,
  device: string,
  targetAccount: string,
): Activity =>
  windows(eventCode, timeMs, { class: 'account_change', activity, account, device, targetAccount, privileged: true });

export const memberAdded = (
  timeMs: number,
  account: string,
  device: string,
  targetAccount: string,
  group: string,
): Activity =>
  windows(4728, timeMs, {
    class: 'group_management',
    activity: 'add_member',
    account,
    device,
    targetAccount,
    resource: group,
    privileged: true,
  });
