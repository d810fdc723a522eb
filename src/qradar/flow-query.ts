import { composeAql, quoteName, type SearchWindow } from './aql.ts';

/** What is asked about each flow, under the names that `readFlowRow` of the pipeline expects. */
const COLUMNS = {
  firstMs: 'firstpackettime',
  lastMs: 'lastpackettime',
  arrivalMs: 'starttime',
  sourceIp: 'sourceip',
  sourcePort: 'sourceport',
  destinationIp: 'destinationip',
  destinationPort: 'destinationport',
  bytesOut: 'sourcebytes',
  bytesIn: 'destinationbytes',
  application: 'APPLICATIONNAME(applicationid)',
  protocol: 'protocolid',
  domainId: 'domainid',
  domainName: 'DOMAINNAME(domainid)',
} as const;

/** All flow records that arrived in the window and carried bytes; at most `limit`, in any order. */
export function composeFlowQuery(window: SearchWindow, limit: number): string {
  const select = Object.entries(COLUMNS).map(([name, expression]) => `${expression} AS ${quoteName(name)}`);
  const where = ['sourcebytes > 0 OR destinationbytes > 0'];
  return composeAql({ select, from: 'flows', where, limit, window, timeColumn: 'starttime', maxLagMs: 0 });
}
