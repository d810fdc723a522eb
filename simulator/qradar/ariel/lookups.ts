import { listValue } from '@duckdb/node-api';
import type { State } from '../state/state.ts';
import { type Compiled, plain, type Scope } from './compiled.ts';

type Pairs = readonly (readonly [key: string | number, value: string | number])[];

/** `value` of the pair whose key equals `key`, else null. */
export function lookUp(scope: Scope, key: Compiled, pairs: Pairs, valueType: 'string' | 'number' = 'string'): Compiled {
  // DuckDB makes no list of nothing.
  if (pairs.length === 0)
    return {
      ...plain(`CAST(NULL AS ${valueType === 'number' ? 'DOUBLE' : 'VARCHAR'})`, valueType),
      aggregate: key.aggregate,
    };
  const numeric = key.type === 'number';
  const keys = numeric ? pairs.map(([k]) => BigInt(k)) : pairs.map(([k]) => String(k));
  const values = pairs.map(([, v]) => (valueType === 'number' ? Number(v) : String(v)));
  const k = `${scope.bind(listValue(keys))}::${numeric ? 'BIGINT' : 'VARCHAR'}[]`;
  const v = `${scope.bind(listValue(values))}::${valueType === 'number' ? 'DOUBLE' : 'VARCHAR'}[]`;
  return { ...plain(`map(${k}, ${v})[${key.sql}]`, valueType), aggregate: key.aggregate };
}

/** Whether `key` is one of the values. */
export function isMember(scope: Scope, key: Compiled, values: readonly string[], ignoreCase: boolean): Compiled {
  if (values.length === 0) return { ...plain('false', 'boolean'), aggregate: key.aggregate };
  const known = ignoreCase ? values.map((one) => one.toLowerCase()) : [...values];
  const text = key.type === 'string' ? key.sql : `CAST(${key.sql} AS VARCHAR)`;
  const sql = ignoreCase ? `lower(${text})` : text;
  const list = `${scope.bind(listValue(known))}::VARCHAR[]`;
  return { ...plain(`coalesce(${sql} IN (SELECT unnest(${list})), false)`, 'boolean'), aggregate: key.aggregate };
}

/** The numbers with which the console numbers protocols and applications. */
export const PROTOCOLS: Pairs = [
  [0, 'Reserved'],
  [1, 'icmp_ip'],
  [6, 'tcp_ip'],
  [17, 'udp_ip'],
  [47, 'gre'],
  [50, 'esp'],
  [255, 'Reserved'],
];
export const APPLICATIONS: Pairs = [
  [1000, 'Other'],
  [1001, 'Web.Misc'],
  [1002, 'Web.SecureWeb'],
  [1003, 'Mail.SMTP'],
  [1004, 'RemoteAccess.SSH'],
  [1005, 'FileTransfer.SMB'],
  [1006, 'RemoteAccess.MSTerminalServices'],
  [1007, 'DataBase.MSSQL'],
];

export const namesOf = {
  qids: (state: State): Pairs => state.qids.values().map((one) => [one.qid, one.name]),
  qidDescriptions: (state: State): Pairs => state.qids.values().map((one) => [one.qid, one.description]),
  categories: (state: State): Pairs =>
    [...state.highCategories.values(), ...state.lowCategories.values()].map((one) => [one.id, one.name]),
  logSources: (state: State): Pairs => state.logSources.values().map((one) => [one.id, one.name]),
  logSourceTypes: (state: State): Pairs => state.logSourceTypes.values().map((one) => [one.id, one.name]),
  rules: (state: State): Pairs => state.rules.values().map((one) => [one.id, one.name]),
  domains: (state: State): Pairs =>
    state.domains.values().map((one) => [one.id, one.id === 0 ? 'Default Domain' : one.name]),
};

/** Addresses of all assets. */
export const assetAddresses = (state: State): string[] =>
  state.assets.values().flatMap((asset) => addressesOf(asset.interfaces));

type AssetField = 'user' | 'host';
/** Addresses of assets with the user or host name seen there. */
export function assetPairs(state: State, field: AssetField): Pairs {
  return state.assets.values().flatMap((asset) => {
    const list = field === 'user' ? asset.users : asset.hostnames;
    const name = list.at(-1)?.[field === 'user' ? 'username' : 'name'];
    return typeof name === 'string' ? addressesOf(asset.interfaces).map((ip) => [ip, name] as const) : [];
  });
}

export function assetPropertyPairs(state: State, property: string): Pairs {
  return state.assets.values().flatMap((asset) => {
    const value = asset.properties.find((one) => one.name === property)?.value;
    return value === undefined ? [] : addressesOf(asset.interfaces).map((ip) => [ip, value] as const);
  });
}

const addressesOf = (interfaces: readonly Record<string, unknown>[]): string[] => [
  ...new Set(interfaces.flatMap((one) => (one.ip_addresses as { value: string }[]).map((ip) => ip.value))),
];
