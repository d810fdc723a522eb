import type { Activity } from '../domain/activity.ts';
import { pick, type WindowsEvent } from './windows-event.ts';
import { classifyProcessAccess } from './windows-objects.ts';
import { windowsRules } from './windows-rule.ts';

const IMAGE = ['Image', 'SourceImage'] as const;

function processCreated(activity: Activity, event: WindowsEvent): void {
  const integrity = pick(event.data, 'IntegrityLevel');
  activity.privileged = integrity === 'High' || integrity === 'System';
}

function registryObject(activity: Activity, event: WindowsEvent): void {
  const type = pick(event.data, 'EventType').toLowerCase();
  const text = type === '' ? event.message.slice(0, 200).toLowerCase() : type;
  activity.activity = /delete(?:key|value)/.test(text) ? 'delete' : 'create';
}

function connection(activity: Activity, event: WindowsEvent): void {
  const { data } = event;
  const port = pick(data, 'DestinationPort');
  activity.resource = port === '' ? '' : `${pick(data, 'Protocol')}/${port}`;
  if (pick(data, 'Initiated').toLowerCase() === 'false') activity.activity = 'listen';
}

function dnsQuery(activity: Activity, event: WindowsEvent): void {
  const status = pick(event.data, 'QueryStatus');
  if (status !== '') activity.outcome = status === '0' ? 'success' : 'failure';
}

/** Sysmon/Operational: what happened is what is recorded, so the outcome is success unless a rule says otherwise. */
// biome-ignore format: a table, one rule a line
export const SYSMON_RULES = windowsRules(
  [1, { class: 'process', activity: 'launch', process: IMAGE, command: ['CommandLine'], resource: ['ParentImage'], adjust: processCreated }],
  [2, { class: 'file_system', activity: 'update', process: IMAGE, resource: ['TargetFilename'] }],
  [3, { class: 'network', activity: 'connect', process: IMAGE, source: ['SourceIp', 'SourceHostname'], target: ['DestinationHostname', 'DestinationIp'], adjust: connection }],
  [[4, 16], { class: 'service', activity: 'update', resource: ['State', 'Configuration'] }],
  [5, { class: 'process', activity: 'terminate', process: IMAGE }],
  [6, { class: 'kernel', activity: 'load', privileged: true, resource: ['ImageLoaded'] }],
  [7, { class: 'module', activity: 'load', process: IMAGE, resource: ['ImageLoaded'] }],
  [8, { class: 'process', activity: 'inject', process: IMAGE, resource: ['TargetImage'], sensitivity: 2 }],
  [9, { class: 'file_system', activity: 'read', process: IMAGE, resource: ['Device'], privileged: true }],
  [10, { class: 'process', activity: 'open', process: IMAGE, resource: ['TargetImage'], adjust: classifyProcessAccess }],
  [[11, 15, 29], { class: 'file_system', activity: 'create', process: IMAGE, resource: ['TargetFilename'] }],
  [12, { class: 'registry', activity: 'create', process: IMAGE, resource: ['TargetObject'], adjust: registryObject }],
  [13, { class: 'registry', activity: 'update', process: IMAGE, resource: ['TargetObject'], command: ['Details'] }],
  [14, { class: 'registry', activity: 'rename', process: IMAGE, resource: ['NewName', 'TargetObject'] }],
  [17, { class: 'file_system', activity: 'create', process: IMAGE, resource: ['PipeName'] }],
  [18, { class: 'file_system', activity: 'open', process: IMAGE, resource: ['PipeName'] }],
  [[19, 20, 21], { class: 'scheduled_job', activity: 'create', privileged: true, resource: ['Name', 'Consumer', 'Filter'], command: ['Query', 'Destination'] }],
  [22, { class: 'dns', activity: 'query', process: IMAGE, resource: ['QueryName'], adjust: dnsQuery }],
  [[23, 26], { class: 'file_system', activity: 'delete', process: IMAGE, resource: ['TargetFilename'] }],
  [24, { class: 'peripheral', activity: 'copy', process: IMAGE, source: ['ClientInfo'] }],
  [25, { class: 'process', activity: 'inject', process: IMAGE, resource: ['Type'] }],
  [[27, 28], { class: 'file_system', activity: 'create', outcome: 'failure', process: IMAGE, resource: ['TargetFilename'] }],
);
