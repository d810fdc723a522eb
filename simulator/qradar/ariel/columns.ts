export type ColumnType = 'number' | 'string' | 'boolean' | 'list';

export interface Column {
  name: string;
  type: ColumnType;
  /** DuckDB type. */
  sql: string;
  /** QRadar's `object_value_type`. */
  valueType: string;
  indexable: boolean;
}

type Row = readonly [name: string, sql: string, valueType: string, indexable?: boolean];

const TYPES: Record<string, ColumnType> = {
  BIGINT: 'number',
  INTEGER: 'number',
  DOUBLE: 'number',
  VARCHAR: 'string',
  BOOLEAN: 'boolean',
  'INTEGER[]': 'list',
};

const table = (rows: readonly Row[]): ReadonlyMap<string, Column> =>
  new Map(
    rows.map(([name, sql, valueType, indexable = false]) => [
      name,
      { name, sql, valueType, indexable, type: TYPES[sql]! },
    ]),
  );

export const EVENT_COLUMNS = table([
  ['qid', 'INTEGER', 'Integer', true],
  ['category', 'INTEGER', 'Integer', true],
  ['highlevelcategory', 'INTEGER', 'Integer'],
  ['logsourceid', 'INTEGER', 'Integer', true],
  ['devicetype', 'INTEGER', 'Integer'],
  ['starttime', 'BIGINT', 'Long'],
  ['endtime', 'BIGINT', 'Long'],
  ['devicetime', 'BIGINT', 'Long'],
  ['sourceip', 'VARCHAR', 'Host', true],
  ['sourceport', 'INTEGER', 'Port'],
  ['sourcemac', 'VARCHAR', 'MAC'],
  ['sourcev6', 'VARCHAR', 'IPv6'],
  ['destinationip', 'VARCHAR', 'Host', true],
  ['destinationport', 'INTEGER', 'Port'],
  ['destinationmac', 'VARCHAR', 'MAC'],
  ['destinationv6', 'VARCHAR', 'IPv6'],
  ['username', 'VARCHAR', 'Text', true],
  ['eventdirection', 'VARCHAR', 'Text'],
  ['identityip', 'VARCHAR', 'Host'],
  ['identityhostname', 'VARCHAR', 'Text'],
  ['identityusername', 'VARCHAR', 'Text'],
  ['eventcount', 'INTEGER', 'Integer'],
  ['protocolid', 'INTEGER', 'Integer'],
  ['payload', 'VARCHAR', 'Binary'],
  ['magnitude', 'INTEGER', 'Integer'],
  ['severity', 'INTEGER', 'Integer'],
  ['credibility', 'INTEGER', 'Integer'],
  ['relevance', 'INTEGER', 'Integer'],
  ['sourcegeographiclocation', 'VARCHAR', 'Text'],
  ['destinationgeographiclocation', 'VARCHAR', 'Text'],
  ['creeventlist', 'INTEGER[]', 'List'],
  ['domainid', 'INTEGER', 'Integer'],
  ['hasoffense', 'BOOLEAN', 'Boolean'],
  ['hasidentity', 'BOOLEAN', 'Boolean'],
  ['isunparsed', 'BOOLEAN', 'Boolean'],
  ['processorid', 'INTEGER', 'Integer'],
  ['hostname', 'VARCHAR', 'Text'],
  ['prenatsourceip', 'VARCHAR', 'Host'],
  ['prenatsourceport', 'INTEGER', 'Port'],
  ['prenatdestinationip', 'VARCHAR', 'Host'],
  ['prenatdestinationport', 'INTEGER', 'Port'],
  ['postnatsourceip', 'VARCHAR', 'Host'],
  ['postnatsourceport', 'INTEGER', 'Port'],
  ['postnatdestinationip', 'VARCHAR', 'Host'],
  ['postnatdestinationport', 'INTEGER', 'Port'],
]);

export const FLOW_COLUMNS = table([
  ['starttime', 'BIGINT', 'Long'],
  ['endtime', 'BIGINT', 'Long'],
  ['firstpackettime', 'BIGINT', 'Long'],
  ['lastpackettime', 'BIGINT', 'Long'],
  ['sourceip', 'VARCHAR', 'Host', true],
  ['destinationip', 'VARCHAR', 'Host', true],
  ['sourceport', 'INTEGER', 'Port'],
  ['destinationport', 'INTEGER', 'Port'],
  ['sourcebytes', 'BIGINT', 'Long'],
  ['destinationbytes', 'BIGINT', 'Long'],
  ['sourcepackets', 'BIGINT', 'Long'],
  ['destinationpackets', 'BIGINT', 'Long'],
  ['applicationid', 'INTEGER', 'Integer'],
  ['protocolid', 'INTEGER', 'Integer'],
  ['flowtype', 'INTEGER', 'Integer'],
  ['flowdirection', 'VARCHAR', 'Text'],
  ['flowsource', 'VARCHAR', 'Text'],
  ['flowinterface', 'VARCHAR', 'Text'],
  ['flowbias', 'VARCHAR', 'Text'],
  ['category', 'INTEGER', 'Integer'],
  ['qid', 'INTEGER', 'Integer'],
  ['domainid', 'INTEGER', 'Integer'],
  ['hasoffense', 'BOOLEAN', 'Boolean'],
  ['intervalid', 'BIGINT', 'Long'],
]);

/** Properties that flow analysis finds in payloads: they can be asked for, no flow here has any. */
export const FLOW_PROPERTIES: readonly string[] = [
  ...['http host', 'http user agent', 'http content type', 'dns domain name', 'file name', 'file hash'],
  ...['tls ja3 hash', 'tls ja3s hash', 'tls server name indication', 'tls cipher suite'],
];

export const DATABASES: Readonly<Record<string, ReadonlyMap<string, Column>>> = {
  events: EVENT_COLUMNS,
  flows: FLOW_COLUMNS,
};

/** Other names of columns. */
export const SYNONYMS: Readonly<Record<string, string>> = {
  sourceaddress: 'sourceip',
  destinationaddress: 'destinationip',
  lowlevelcategory: 'category',
};

/** What `SELECT *` gives. */
export const STAR_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  events: [
    ...['starttime', 'protocolid', 'sourceip', 'logsourceid', 'qid', 'sourceport', 'eventcount', 'magnitude'],
    ...['identityip', 'destinationip', 'destinationport', 'category', 'username'],
  ],
  flows: [
    ...['firstpackettime', 'lastpackettime', 'sourceip', 'sourceport', 'destinationip', 'destinationport'],
    ...['sourcebytes', 'destinationbytes', 'sourcepackets', 'destinationpackets', 'protocolid', 'applicationid'],
  ],
};
