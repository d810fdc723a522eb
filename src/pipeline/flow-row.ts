import { makeActivity } from '../domain/activity.ts';
import type { SourceRecord } from '../domain/ingest.ts';

/** A flow record as a search returns it. QRadar reports a long flow again each minute, with the bytes of that minute. */
export interface FlowRow {
  firstMs: number;
  lastMs: number;
  arrivalMs: number;
  sourceIp: string;
  sourcePort: number;
  destinationIp: string;
  destinationPort: number;
  bytesOut: number;
  bytesIn: number;
  application: string;
  protocol: number;
  domainId: number;
  domain: string;
}

export const FLOW_LOG_SOURCE = 'QRadar flows';

const MAX_TIME_MS = 8.64e15;
const ADDRESS = /^[0-9A-Fa-f.:]{2,45}$/;

/** `undefined` when a column is not as documented. */
export function readFlowRow(row: Readonly<Record<string, unknown>>): FlowRow | undefined {
  const whole = (name: string, most: number): number => {
    const value = row[name];
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most ? value : Number.NaN;
  };
  const text = (name: string): string => (typeof row[name] === 'string' ? row[name].slice(0, 255) : '');
  const domainId = whole('domainId', Number.MAX_SAFE_INTEGER);
  const flow: FlowRow = {
    firstMs: whole('firstMs', MAX_TIME_MS),
    lastMs: whole('lastMs', MAX_TIME_MS),
    arrivalMs: whole('arrivalMs', MAX_TIME_MS),
    sourceIp: text('sourceIp'),
    sourcePort: whole('sourcePort', 65_535),
    destinationIp: text('destinationIp'),
    destinationPort: whole('destinationPort', 65_535),
    bytesOut: whole('bytesOut', Number.MAX_SAFE_INTEGER),
    bytesIn: whole('bytesIn', Number.MAX_SAFE_INTEGER),
    application: text('application'),
    protocol: whole('protocol', 255),
    domainId,
    domain: domainId === 0 ? '' : text('domainName') || `domain ${domainId}`,
  };
  const isWhole = Object.values(flow).every((value) => typeof value === 'string' || !Number.isNaN(value));
  return isWhole && flow.lastMs > 0 && ADDRESS.test(flow.sourceIp) && ADDRESS.test(flow.destinationIp)
    ? flow
    : undefined;
}

/** The flow as something that an account did. Its identity is the flow's: whose it is does not count. */
export function flowRecord(flow: FlowRow, account: string, line: number): SourceRecord {
  const { application, domain, ...identity } = flow;
  const activity = makeActivity({
    timeMs: flow.lastMs,
    class: 'network',
    activity: 'connect',
    outcome: 'success',
    account,
    source: flow.sourceIp,
    target: flow.destinationIp,
    resource: application,
    bytesOut: flow.bytesOut,
    bytesIn: flow.bytesIn,
    domain,
    logSource: FLOW_LOG_SOURCE,
  });
  const raw = JSON.stringify(['flow', ...Object.values(identity)]);
  return { origin: FLOW_LOG_SOURCE, line, raw, outcome: { kind: 'activity', activity } };
}
