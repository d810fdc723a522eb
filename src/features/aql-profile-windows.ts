import type { ActivityClass, ActivityName } from '../domain/activity.ts';
import { folderOf, programOf, testFileCategory, testSensitiveWords } from './aql-paths.ts';
import {
  type AqlProfile,
  type EventMeaning,
  type HasColumn,
  isWebCondition,
  type Meaning,
  type ThingTerm,
} from './aql-profile.ts';
import { DESTINATION, findProperty, noProperty, numberCondition, SOURCE } from './aql-properties.ts';
import { allOf, anyOf, aql, inList, NO, noneOf, quoteText, settled, type Term, unknown, YES } from './aql-term.ts';
import type { Condition, Filter } from './types.ts';

export const WINDOWS_TYPE = 'Microsoft Windows Security Event Log';

/** Handles to objects: what kind of object it is stands in a field. */
const OBJECT_IDS: ReadonlySet<number> = new Set([4656, 4658, 4659, 4660, 4662, 4663, 4670]);
const OBJECT_CLASSES: readonly ActivityClass[] = [
  'file_system',
  'kernel',
  'registry',
  'process',
  'memory',
  'authorize_session',
  'service',
  'datastore',
];
/** What an access mask decides, beside what the table says. */
const MASKED: readonly ActivityName[] = ['read', 'update', 'delete', 'attach_policy', 'open', 'export'];
const SHARE_FILE = 5145;
const SHARE = 5140;
const EXTERNAL_DEVICES: ReadonlySet<number> = new Set([6416, 6419, 6420, 6421, 6422, 6423, 6424]);
const ELEVATED: ReadonlySet<number> = new Set([4624, 4688]);

/** Bits of an access mask written as `0x…`, as `ingest` reads them for shares. */
const MASK_TESTS: Partial<Record<ActivityName, string>> = {
  delete: '0x0*10000',
  update: '0x[0-9a-f]*[2-7a-f]',
  attach_policy: '0x[0-9a-f]*[4-9a-f][0-9a-f][02468ace]00',
};

/** Windows Security events, told by their id. */
export function windowsProfile(has: HasColumn, meaning: Meaning): AqlProfile {
  const property = (...names: string[]) => findProperty(has, names);
  const id = property('EventID', 'Event ID');
  const object = property('Object Name', 'File Path', 'Filename');
  const share = property('Share Name');
  const relative = property('Relative Target Name');
  const shareFile = share && relative ? `CONCAT(${share}, '\\', ${relative})` : object;
  const path =
    object &&
    id &&
    `(CASE WHEN ${id} = '${SHARE}' THEN ${share ?? object} WHEN ${id} = '${SHARE_FILE}' THEN ${shareFile} ELSE ${object} END)`;
  const logonType = property('Logon Type');
  const stated = property('Outcome');
  const byName = `QIDNAME(qid) ILIKE 'Failure Audit%'`;
  const failed = aql(stated ? `(${stated} = 'failure' OR (${stated} IS NULL AND ${byName}))` : byName);

  const classOf = (event: number, rule: EventMeaning, wanted: readonly ActivityClass[]): Term => {
    if (!OBJECT_IDS.has(event)) return settled(wanted.includes(rule.class));
    if (!OBJECT_CLASSES.some((one) => wanted.includes(one))) return NO;
    const type = property('Object Type');
    if (type && wanted.length === 1 && wanted[0] === 'file_system')
      return aql(inList(`LOWER(${type})`, ['file', 'file system']));
    return unknown('what kind of object a handle was opened to');
  };

  const activityOf = (event: number, rule: EventMeaning, wanted: readonly ActivityName[]): Term => {
    if (event !== SHARE_FILE && !OBJECT_IDS.has(event)) return settled(wanted.includes(rule.activity));
    if (!MASKED.some((one) => wanted.includes(one))) return NO;
    const mask = property('Access Mask', 'AccessMask');
    if (event !== SHARE_FILE || !mask) return unknown('reading told from writing by an access mask');
    const masked = (name: ActivityName) => aql(`${mask} IMATCHES ${quoteText(`^${MASK_TESTS[name]}$`)}`);
    const others = noneOf(anyOf([masked('delete'), masked('update'), masked('attach_policy')]));
    return anyOf(
      MASKED.filter((one) => wanted.includes(one)).map((one) =>
        MASK_TESTS[one] ? masked(one) : one === 'read' ? others : NO,
      ),
    );
  };

  const sensitivityOf = (event: number, rule: EventMeaning): Term => {
    if ((rule.sensitivity ?? 0) >= 2) return YES;
    const sent = property('Sensitivity');
    const terms: Term[] = sent ? [aql(`${sent} >= 2`)] : [];
    if (rule.activity === 'add_member' || rule.activity === 'remove_member') {
      const group = property('Group Name');
      const named = "'^(.*admin.*|backup operators|account operators|server operators)$'";
      terms.push(group ? aql(`${group} IMATCHES ${named}`) : unknown('changes of administrator groups'));
    } else if (OBJECT_IDS.has(event)) terms.push(unknown('sensitive objects behind handles'));
    else if (rule.class === 'file_system')
      terms.push(
        path ? testSensitiveWords(path, meaning) : noProperty('File Path'),
        testFileCategory(path, ['credential'], meaning),
      );
    else if (rule.class === 'datastore')
      terms.push(object ? testSensitiveWords(object, meaning) : noProperty('Object Name'));
    return anyOf(terms);
  };

  const testOne = (event: number, rule: EventMeaning, condition: Condition): Term => {
    switch (condition.column) {
      case 'class':
        return classOf(event, rule, condition.in);
      case 'activity':
        return activityOf(event, rule, condition.in);
      case 'outcome': {
        const known = rule.outcome === 'success' || rule.outcome === 'failure' ? rule.outcome : undefined;
        if (known) return settled(condition.in.includes(known));
        const [good, bad] = [condition.in.includes('success'), condition.in.includes('failure')];
        return good && bad ? YES : bad ? failed : good ? noneOf(failed) : NO;
      }
      case 'privileged': {
        const term = rule.privileged ? YES : ELEVATED.has(event) ? unknown('elevated logons and processes') : NO;
        return condition.is ? term : noneOf(term);
      }
      case 'removable': {
        const term = EXTERNAL_DEVICES.has(event) ? unknown('storage told from other devices') : NO;
        return condition.is ? term : noneOf(term);
      }
      case 'sensitivity':
        return 'atLeast' in condition && condition.atLeast === 2
          ? sensitivityOf(event, rule)
          : unknown('this degree of sensitivity');
      case 'file_category':
        return rule.class === 'file_system' ? testFileCategory(path, condition.in, meaning) : NO;
      case 'logon_type':
        return numberCondition(logonType ? { aql: logonType } : { why: 'logon types' }, (one) =>
          'oneOf' in condition ? inList(one, condition.oneOf) : `${one} >= ${condition.atLeast}`,
        );
      default:
        return NO;
    }
  };

  /** Events that mean the same to the filter stand together. */
  const test = (filter: Filter): Term => {
    if (filter.some(isWebCondition)) return NO;
    if (filter.length === 0) return YES;
    if (!id) return noProperty('EventID');
    const groups = new Map<string, { term: Term; ids: string[] }>();
    for (const [event, rule] of meaning.windows) {
      if (rule.actor === 'none') continue;
      const term = allOf(filter.map((condition) => testOne(event, rule, condition)));
      if (term.is === 'no') continue;
      const key = JSON.stringify(term);
      const group = groups.get(key) ?? { term, ids: [] };
      group.ids.push(String(event));
      groups.set(key, group);
    }
    return anyOf([...groups.values()].map(({ term, ids }) => allOf([aql(inList(id, ids)), term])));
  };
  const classes = (...names: ActivityClass[]): Term => test([{ column: 'class', in: names }]);
  const thing = (
    expression: string | undefined,
    name: string,
    form: ThingTerm['form'],
    where: Term,
    lacks?: string,
  ): ThingTerm | 'none' | { why: string } => {
    if (where.is === 'no') return 'none';
    if (expression === undefined) return { why: `custom property "${name}" is not installed` };
    return { aql: expression, form, where, ...(lacks === undefined ? {} : { lacks }) };
  };

  return {
    name: 'Windows Security events',
    test,
    number: (column) =>
      column === 'logon_type' && logonType ? { aql: logonType } : column === 'severity' ? { aql: 'severity' } : 'none',
    thing(kind) {
      switch (kind) {
        case 'device':
          return thing('identityhostname', '', 'host', YES);
        case 'target':
          return thing(DESTINATION(has), '', 'host', YES);
        case 'source':
          return thing(SOURCE(has), '', 'host', classes('authentication', 'tunnel', 'api', 'file_hosting'));
        case 'scope': {
          const folder = path && `(CASE WHEN ${id} = '${SHARE}' THEN ${path} ELSE ${folderOf(path)} END)`;
          return thing(folder, 'File Path', 'path', classes('file_system'), 'directory and account database objects');
        }
        case 'program':
          return thing(
            programOf(property('Process Path', 'Process Name'), property('Process CommandLine', 'Command')),
            'Process Path',
            'program',
            classes('process', 'script'),
          );
        case 'partner': {
          const ids = [...meaning.windows].flatMap(([event, { hasTarget }]) => (hasTarget ? [String(event)] : []));
          const where = id ? aql(inList(id, ids)) : noProperty('EventID');
          return thing(property('Target User Name'), 'Target User Name', 'account', where, 'members of groups');
        }
        case 'web_host':
        case 'recipient':
          return 'none';
      }
    },
  };
}
