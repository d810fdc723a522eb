import type { Activity, ActivityClass, ActivityName } from '../domain/activity.ts';
import { countOf } from './field-reader.ts';
import { pick, type WindowsEvent } from './windows-event.ts';

/** Class of the object behind a handle, by the type Windows audits it under. */
const OBJECT_CLASS: ReadonlyMap<string, ActivityClass> = new Map(
  Object.entries<ActivityClass>({
    file: 'file_system',
    'file system': 'file_system',
    directory: 'kernel',
    symboliclink: 'kernel',
    section: 'kernel',
    key: 'registry',
    registry: 'registry',
    process: 'process',
    thread: 'process',
    token: 'authorize_session',
    job: 'process',
    'kernel object': 'kernel',
    'service object': 'service',
    'sc_manager object': 'service',
    'sc manager': 'service',
    sam: 'datastore',
    sam_server: 'datastore',
    sam_domain: 'datastore',
    sam_user: 'datastore',
    sam_group: 'datastore',
    sam_alias: 'datastore',
    'security account manager': 'datastore',
    secretobject: 'datastore',
    ds: 'datastore',
  }),
);

const LSASS = /(?:^|[\\/])lsass\.exe$/i;

/** Handle events carry the object type; closing ones only the audit category or the server that owns the object. */
export function classifyObject(activity: Activity, event: WindowsEvent): void {
  const { data } = event;
  const type = (pick(data, 'ObjectType') || pick(data, 'Category') || pick(data, 'ObjectServer')).toLowerCase();
  activity.class = OBJECT_CLASS.get(type) ?? OBJECT_CLASS.get(pick(data, 'ObjectServer').toLowerCase()) ?? 'kernel';
  if (type === 'process' && LSASS.test(activity.resource)) {
    activity.class = 'memory';
    activity.sensitivity = 3;
  }
  if (activity.class === 'datastore' && activity.sensitivity < 2) activity.sensitivity = 2;
}

/** What an access mask asks for: deleting, then writing, else the given reading word. */
export function accessOf(event: WindowsEvent, reading: ActivityName, writeBits = 0x6): ActivityName {
  const mask = countOf(pick(event.data, 'AccessMask'));
  // Full-access masks (all read and write bits) are requests for everything, not a deletion.
  if (mask === 0x10000) return 'delete';
  if ((mask & 0xc0000) !== 0 && (mask & 0x1ff) === 0) return 'attach_policy';
  return (mask & writeBits) !== 0 ? 'update' : reading;
}

/** Directory replication rights: whoever uses them can read every password hash (DCSync). */
const REPLICATION =
  /1131f6aa-9c07-11d1-f79f-00c04fc2dcd2|1131f6ad-9c07-11d1-f79f-00c04fc2dcd2|89e95b76-444d-4c62-991a-0facbeda640c/i;

export function classifyDirectoryAccess(activity: Activity, event: WindowsEvent): void {
  const server = pick(event.data, 'ObjectServer').toLowerCase();
  if (server !== '' && server !== 'ds') classifyObject(activity, event);
  activity.activity = accessOf(event, 'read', 0x28);
  if (REPLICATION.test(pick(event.data, 'Properties'))) {
    activity.activity = 'export';
    activity.sensitivity = 3;
    activity.privileged = true;
  }
}

export function classifyProcessAccess(activity: Activity): void {
  if (!LSASS.test(activity.resource)) return;
  activity.class = 'memory';
  activity.sensitivity = 3;
}
