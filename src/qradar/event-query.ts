import type { QRadarColumn } from '../ingest/qradar-row.ts';
import { composeAql, quoteName, type SearchWindow } from './aql.ts';

/** What is asked of the console about each event, under the names that `readEventRow` expects. */
const COLUMNS: Readonly<Record<QRadarColumn, string>> = {
  payload: 'UTF8(payload)',
  deviceMs: 'devicetime',
  arrivalMs: 'starttime',
  logSourceId: 'logsourceid',
  logSource: 'LOGSOURCENAME(logsourceid)',
  logSourceType: 'LOGSOURCETYPENAME(devicetype)',
  qid: 'qid',
  eventName: 'QIDNAME(qid)',
  category: 'CATEGORYNAME(category)',
  highCategory: 'CATEGORYNAME(highlevelcategory)',
  username: 'username',
  sourceIp: 'sourceip',
  sourcePort: 'sourceport',
  destinationIp: 'destinationip',
  destinationPort: 'destinationport',
  domainId: 'domainid',
  domainName: 'DOMAINNAME(domainid)',
  eventCount: 'eventcount',
  severity: 'severity',
};

/** Log source types that are read, by number; without a list every type is. */
export interface TypeSelection {
  only?: readonly number[];
  except?: readonly number[];
}

/** All events that arrived in the window, of these log source types; at most `limit`, in any order. */
export function composeEventQuery(window: SearchWindow, limit: number, types: TypeSelection = {}): string {
  const select = Object.entries(COLUMNS).map(([name, expression]) => `${expression} AS ${quoteName(name)}`);
  return composeAql({ select, from: 'events', where: typeConditions(types), limit, window });
}

/** Conditions on the log source type. An empty `only` selects nothing. */
export function typeConditions({ only, except }: TypeSelection): string[] {
  return [
    ...(only ? [only.length > 0 ? `devicetype IN (${only.join(', ')})` : 'devicetype = -1'] : []),
    ...(except && except.length > 0 ? [`NOT (devicetype IN (${except.join(', ')}))`] : []),
  ];
}
