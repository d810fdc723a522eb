import type { Activity } from '../../../src/domain/activity.ts';
import type { Row } from '../ariel/store.ts';

/** Activity classes whose traffic a flow collector would see, with port and application. */
const TRAFFIC: Partial<Record<Activity['class'], readonly [port: number, application: number]>> = {
  http: [443, 1002],
  file_hosting: [443, 1002],
  datastore: [1433, 1007],
  tunnel: [443, 1000],
  network: [0, 1000],
};
const MEAN_PACKET = 900;
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** A stable documentation address (RFC 5737) for a host that is known by name only. */
function addressOf(host: string): string {
  let hash = 0;
  for (let i = 0; i < host.length; i++) hash = (Math.imul(hash, 31) + host.charCodeAt(i)) >>> 0;
  return `203.0.113.${1 + (hash % 254)}`;
}

/** The flow of an activity; `undefined` when it makes none. Flows carry no user name. */
export function flowOf(activity: Activity, arrivalMs: number, domainId: number): Row | undefined {
  const traffic = TRAFFIC[activity.class];
  if (!traffic || !ADDRESS.test(activity.source) || activity.target === '') return undefined;
  const [port, application] = traffic;
  const destination = ADDRESS.test(activity.target) ? activity.target : addressOf(activity.target);
  const [sent, received] = [Math.max(60, activity.bytesOut), Math.max(60, activity.bytesIn)];
  return {
    starttime: arrivalMs,
    endtime: arrivalMs,
    firstpackettime: activity.timeMs,
    lastpackettime: activity.timeMs + 1000,
    sourceip: activity.source,
    destinationip: destination,
    sourceport: 49_152 + (activity.timeMs % 16_384),
    destinationport: port,
    sourcebytes: sent,
    destinationbytes: received,
    sourcepackets: Math.ceil(sent / MEAN_PACKET),
    destinationpackets: Math.ceil(received / MEAN_PACKET),
    applicationid: application,
    protocolid: 6,
    flowtype: 0,
    flowdirection: destination.startsWith('10.') ? 'L2L' : 'L2R',
    category: 4002,
    domainid: domainId,
    intervalid: Math.floor(arrivalMs / 60_000),
  };
}
