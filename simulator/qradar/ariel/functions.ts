import { liveRows } from '../state/reference-rows.ts';
import { findSet, valuesOfSet } from '../state/reference-sets.ts';
import type { Expression } from './ast.ts';
import { type Compiled, plain, type Scope, type ValueType } from './compiled.ts';
import {
  APPLICATIONS,
  assetAddresses,
  assetPairs,
  assetPropertyPairs,
  isMember,
  lookUp,
  namesOf,
  PROTOCOLS,
} from './lookups.ts';
import { toStrftime } from './strftime.ts';
import { parseInstant } from './time-window.ts';

type Call = Expression & { kind: 'call' };
type Emit = (scope: Scope, args: Compiled[], call: Call) => Compiled;

export interface AqlFunction {
  name: string;
  /** Types of the arguments as `/ariel/functions` lists them. */
  args: readonly string[];
  required: number;
  returns: 'String' | 'Number' | 'Boolean' | 'List';
  emit: Emit;
}

const TYPE_OF: Record<AqlFunction['returns'], ValueType> = {
  String: 'string',
  Number: 'number',
  Boolean: 'boolean',
  List: 'list',
};

const define = (name: string, args: string, returns: AqlFunction['returns'], emit: Emit): AqlFunction => {
  const list = args === '' ? [] : args.split(' ');
  const required = list.filter((one) => !one.endsWith('?')).length;
  return { name, args: list.map((one) => one.replace('?', '')), required, returns, emit };
};

/** A function that is one SQL expression over its arguments. */
const simple = (name: string, args: string, returns: AqlFunction['returns'], sql: (...args: string[]) => string) =>
  define(name, args, returns, (_, given) => ({
    ...plain(sql(...given.map((one) => one.sql)), TYPE_OF[returns]),
    aggregate: given.some((one) => one.aggregate),
  }));

const text = (one: Compiled): string => (one.type === 'string' ? one.sql : `CAST(${one.sql} AS VARCHAR)`);

const nameFunction = (name: string, pairs: keyof typeof namesOf) =>
  define(name, 'Number', 'String', (scope, [id]) => lookUp(scope, id!, namesOf[pairs](scope.state)));

/** The literal that an argument must be. */
function literal(scope: Scope, call: Call, index: number): string {
  const arg = call.args[index]!;
  return arg.kind === 'string' ? arg.value : scope.fail(`Argument ${index + 1} of ${call.name} must be a string`, arg);
}

const IPV4 = (ip: string): string =>
  `(TRY_CAST(split_part(${ip}, '.', 1) AS BIGINT) * 16777216 + TRY_CAST(split_part(${ip}, '.', 2) AS BIGINT) * 65536 + TRY_CAST(split_part(${ip}, '.', 3) AS BIGINT) * 256 + TRY_CAST(split_part(${ip}, '.', 4) AS BIGINT))`;

function inCidr(scope: Scope, call: Call, ip: Compiled): Compiled {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(literal(scope, call, 0).trim());
  const octets = match?.slice(1, 5).map(Number) ?? [];
  const bits = Number(match?.[5]);
  if (!match || octets.some((one) => one > 255) || bits > 32) scope.fail('Not a CIDR range', call.args[0]!);
  const size = 2 ** (32 - bits);
  const low = Math.floor(octets.reduce((sum, one) => sum * 256 + one, 0) / size) * size;
  const number = IPV4(ip.sql);
  const sql = `coalesce(${number} >= ${scope.bind(BigInt(low))} AND ${number} < ${scope.bind(BigInt(low + size))}, false)`;
  return { ...plain(sql, 'boolean'), aggregate: ip.aggregate };
}

function referenceRows(scope: Scope, call: Call, kind: string) {
  const name = literal(scope, call, 0);
  const record = scope.state.references.find((one) => one.kind === kind && one.name === name);
  if (!record) scope.fail(`Reference collection "${name}" does not exist`, call.args[0]!);
  return liveRows(record, scope.nowMs);
}

function setContains(scope: Scope, call: Call, key: Compiled): Compiled {
  const name = literal(scope, call, 0);
  const set = findSet(scope.state, name);
  if (!set) scope.fail(`Reference set "${name}" does not exist`, call.args[0]!);
  return isMember(scope, key, valuesOfSet(scope.state, name, scope.nowMs), set.entry_type === 'ALNIC');
}

function dateFormat(scope: Scope, call: Call, time: Compiled): Compiled {
  const format = toStrftime(literal(scope, call, 1));
  if (format === undefined) scope.fail('Not a date pattern', call.args[1]!);
  const at = `make_timestamp(CAST(${time.sql} AS BIGINT) * 1000)`;
  return { ...plain(`strftime(${at}, ${scope.bind(format)}::VARCHAR)`, 'string'), aggregate: time.aggregate };
}

const INTERNAL = String.raw`^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.)`;
/** Name of the saved search of assets that every console has. */
export const ALL_ASSETS_SEARCH = 'All assets';
/** No addresses are placed on a map here. */
const NO_PLACE = plain('CAST(NULL AS VARCHAR)', 'string');

const LIST: readonly AqlFunction[] = [
  nameFunction('QIDNAME', 'qids'),
  nameFunction('QIDDESCRIPTION', 'qidDescriptions'),
  nameFunction('CATEGORYNAME', 'categories'),
  nameFunction('LOGSOURCENAME', 'logSources'),
  nameFunction('LOGSOURCETYPENAME', 'logSourceTypes'),
  nameFunction('DOMAINNAME', 'domains'),
  define('RULENAME', 'Number', 'List', (scope, [rules]) => {
    if (rules!.type !== 'list') return lookUp(scope, rules!, namesOf.rules(scope.state));
    const one = lookUp(scope, plain('r', 'number'), namesOf.rules(scope.state));
    return { ...plain(`list_transform(${rules!.sql}, lambda r: ${one.sql})`, 'list'), aggregate: rules!.aggregate };
  }),
  define('PROTOCOLNAME', 'Number', 'String', (scope, [id]) => lookUp(scope, id!, PROTOCOLS)),
  define('APPLICATIONNAME', 'Number', 'String', (scope, [id]) => lookUp(scope, id!, APPLICATIONS)),
  simple('LOGSOURCEGROUPNAME', 'Number', 'String', (id) => `CASE WHEN ${id} IS NOT NULL THEN 'Other' END`),
  simple(
    'NETWORKNAME',
    'Host',
    'String',
    (ip) => `CASE WHEN regexp_matches(${ip}, '${INTERNAL}') THEN 'Net-10-172-192' ELSE 'other' END`,
  ),
  simple('UTF8', 'Binary', 'String', (payload) => payload),
  simple('BASE64', 'Binary', 'String', (payload) => `base64(encode(${payload}))`),
  define('HOSTNAME', 'Host', 'String', (scope, [ip]) => lookUp(scope, ip!, assetPairs(scope.state, 'host'))),
  define('ASSETHOSTNAME', 'Host Number?', 'String', (scope, [ip]) =>
    lookUp(scope, ip!, assetPairs(scope.state, 'host')),
  ),
  define('ASSETUSER', 'Host Number?', 'String', (scope, [ip]) => lookUp(scope, ip!, assetPairs(scope.state, 'user'))),
  define('ASSETPROPERTY', 'String Host Number?', 'String', (scope, [, ip], call) =>
    lookUp(scope, ip!, assetPropertyPairs(scope.state, literal(scope, call, 0))),
  ),
  // One saved search of assets is shipped, and it finds them all.
  define('MATCHESASSETSEARCH', 'String Host', 'Boolean', (scope, [, ip], call) => {
    const name = literal(scope, call, 0);
    if (name !== ALL_ASSETS_SEARCH) scope.fail(`Saved search "${name}" does not exist`, call.args[0]!);
    return isMember(scope, ip!, assetAddresses(scope.state), false);
  }),
  define('INOFFENSE', 'Number', 'Boolean', (scope, [id], call) => {
    if (scope.database !== 'events') scope.fail('INOFFENSE is about events', call);
    return plain(`coalesce(list_contains(offenses, CAST(${id!.sql} AS INTEGER)), false)`, 'boolean');
  }),
  define('INCIDR', 'String Host', 'Boolean', (scope, [, ip], call) => inCidr(scope, call, ip!)),
  define('REFERENCESETCONTAINS', 'String Any', 'Boolean', (scope, [, key], call) => setContains(scope, call, key!)),
  define('REFERENCEMAP', 'String Any', 'String', (scope, [, key], call) => {
    const rows = referenceRows(scope, call, 'maps');
    return lookUp(
      scope,
      { ...key!, sql: text(key!), type: 'string' },
      rows.map(([k, , v]) => [k, v.value]),
    );
  }),
  define('REFERENCEMAPSETCONTAINS', 'String Any Any', 'Boolean', (scope, [, key, value], call) => {
    const pairs = referenceRows(scope, call, 'map_of_sets').map(([k, , v]) => `${k}\u0001${v.value}`);
    const both = `${text(key!)} || chr(1) || ${text(value!)}`;
    return isMember(scope, { ...plain(`(${both})`, 'string'), aggregate: key!.aggregate }, pairs, false);
  }),
  define('REFERENCETABLE', 'String String Any', 'String', (scope, [, , key], call) => {
    const inner = literal(scope, call, 1);
    const rows = referenceRows(scope, call, 'tables').filter(([, i]) => i === inner);
    const numeric = rows.length > 0 && rows.every(([, , v]) => typeof v.value === 'number');
    const pairs = rows.map(([k, , v]) => [k, v.value] as const);
    return lookUp(scope, { ...key!, sql: text(key!), type: 'string' }, pairs, numeric ? 'number' : 'string');
  }),
  define('GEO::LOOKUP', 'Host String', 'String', () => NO_PLACE),
  define('GEO::DISTANCE', 'Host Host', 'Number', () => plain('CAST(NULL AS DOUBLE)', 'number')),
  define('DATEFORMAT', 'Number String', 'String', (scope, [time], call) => dateFormat(scope, call, time!)),
  define('PARSEDATETIME', 'String', 'Number', (scope, _, call) => {
    const ms = parseInstant(literal(scope, call, 0), scope.nowMs);
    return plain(scope.bind(BigInt(ms ?? scope.fail('Not a point in time', call.args[0]!))), 'number');
  }),
  define('NOW', '', 'Number', (scope) => plain(scope.bind(BigInt(scope.nowMs)), 'number')),
  simple('STR', 'Any', 'String', (value) => `CAST(${value} AS VARCHAR)`),
  // Cuts a fraction off; whole numbers of all 64 bits stay as they are.
  simple(
    'LONG',
    'Any',
    'Number',
    (value) => `CASE WHEN typeof(${value}) = 'DOUBLE' THEN TRY_CAST(trunc(TRY_CAST(${value} AS DOUBLE)) AS BIGINT)
      ELSE coalesce(TRY_CAST(${value} AS BIGINT), TRY_CAST(trunc(TRY_CAST(${value} AS DOUBLE)) AS BIGINT)) END`,
  ),
  simple('DOUBLE', 'Any', 'Number', (value) => `TRY_CAST(${value} AS DOUBLE)`),
  simple('LOWER', 'String', 'String', (value) => `lower(${value})`),
  simple('UPPER', 'String', 'String', (value) => `upper(${value})`),
  // Counts from zero, as in IBM's example SUBSTRING(userName, 0, 3).
  simple(
    'SUBSTRING',
    'String Number Number?',
    'String',
    (value, start, length) =>
      `substring(${value}, CAST(${start} AS BIGINT) + 1${length ? `, CAST(${length} AS BIGINT)` : ''})`,
  ),
  simple('STRLEN', 'String', 'Number', (value) => `length(${value})`),
  simple('STRPOS', 'String String', 'Number', (value, part) => `instr(${value}, ${part}) - 1`),
  simple('CONCAT', 'Any Any Any? Any? Any? Any? Any? Any?', 'String', (...values) => `concat(${values.join(', ')})`),
  simple(
    'REPLACEALL',
    'String String String',
    'String',
    (pattern, value, by) => `regexp_replace(${value}, ${pattern}, ${by}, 'g')`,
  ),
  simple(
    'REPLACEFIRST',
    'String String String',
    'String',
    (pattern, value, by) => `regexp_replace(${value}, ${pattern}, ${by})`,
  ),
];

export const FUNCTIONS: ReadonlyMap<string, AqlFunction> = new Map(LIST.map((one) => [one.name, one]));

/** Aggregates: SQL over one argument; `order` is the arrival number of a row. */
export const AGGREGATES: Readonly<
  Record<string, { returns: 'number' | 'same'; sql: (value: string, order: string) => string }>
> = {
  COUNT: { returns: 'number', sql: (value) => `count(${value})` },
  SUM: { returns: 'number', sql: (value) => `CAST(sum(${value}) AS DOUBLE)` },
  AVG: { returns: 'number', sql: (value) => `CAST(avg(${value}) AS DOUBLE)` },
  MIN: { returns: 'same', sql: (value) => `min(${value})` },
  MAX: { returns: 'same', sql: (value) => `max(${value})` },
  UNIQUECOUNT: { returns: 'number', sql: (value) => `count(DISTINCT ${value})` },
  FIRST: { returns: 'same', sql: (value, order) => `arg_min(${value}, ${order})` },
  LAST: { returns: 'same', sql: (value, order) => `arg_max(${value}, ${order})` },
  STDEV: { returns: 'number', sql: (value) => `stddev_samp(${value})` },
  STDEVP: { returns: 'number', sql: (value) => `stddev_pop(${value})` },
};
/** Those that need numbers. */
export const NUMERIC_AGGREGATES = new Set(['SUM', 'AVG', 'STDEV', 'STDEVP']);
