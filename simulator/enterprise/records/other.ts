import type { Activity } from '../../../src/domain/activity.ts';
import type { Database, FileEntry, Server } from '../types.ts';
import { record } from './record.ts';

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
