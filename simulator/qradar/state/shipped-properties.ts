import type { State } from './state.ts';

type Property = readonly [name: string, type: 'string' | 'numeric', key: string];

/** Custom properties of the content packs that a console with UBA has; all are read from LEEF attributes. */
const PROPERTIES: readonly Property[] = [
  ['EventID', 'string', '$eventid$'],
  ['Event Category', 'string', '$eventcategory$'],
  ['Event UID', 'string', 'eventUid'],
  ['Logon Type', 'numeric', 'logonType'],
  ['Process Path', 'string', 'process'],
  ['Process CommandLine', 'string', 'command'],
  ['Target User Name', 'string', 'targetUser'],
  ['Target Host', 'string', 'dst'],
  ['Source Name', 'string', 'src'],
  ['File Path', 'string', 'resource'],
  ['URL', 'string', 'url'],
  ['Share Name', 'string', 'ShareName'],
  ['Service Name', 'string', 'ServiceName'],
  ['Bytes Sent', 'numeric', 'srcBytes'],
  ['Bytes Received', 'numeric', 'dstBytes'],
  ['Outcome', 'string', 'outcome'],
  ['Recipients', 'numeric', 'recipients'],
  ['External Recipients', 'numeric', 'recipientsExternal'],
  ['Attachments', 'numeric', 'attachments'],
  ['Removable Media', 'string', 'removable'],
  ['Privileged', 'string', 'privileged'],
  ['Sensitivity', 'numeric', 'sensitivity'],
  ['Sense Value', 'numeric', 'senseValue'],
  ['MD5 Hash', 'string', 'md5'],
  ['Group Name', 'string', 'groupName'],
  ['CRE Name', 'string', 'creName'],
  ['CRE Description', 'string', 'creDescription'],
  ['Filename', 'string', 'fileName'],
];

export function installProperties(state: State, nowMs: number): void {
  for (const [index, [name, type, key]] of PROPERTIES.entries()) {
    const id = index + 1;
    const identifier = `SYSTEM-PROPERTY-${id}`;
    state.properties.put(id, {
      id,
      identifier,
      name,
      username: 'admin',
      description: 'From a content pack',
      property_type: type,
      use_for_rule_engine: true,
      datetime_format: null,
      locale: null,
      auto_discovered: false,
      creation_date: nowMs,
      modification_date: nowMs,
    });
    state.expressions.put(id, {
      id,
      identifier: `SYSTEM-EXPRESSION-${id}`,
      kind: 'leef',
      regex_property_identifier: identifier,
      expression: key,
      capture_group: 1,
      log_source_type_id: null,
      log_source_id: null,
      qid: null,
      low_level_category_id: null,
      enabled: true,
    });
  }
}
