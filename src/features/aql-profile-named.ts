import type { ActivityClass } from '../domain/activity.ts';
import { hostOfUrl, programOf, testFileCategory, testPatterns, testSensitiveWords } from './aql-paths.ts';
import { type AqlProfile, type HasColumn, isWebCondition, type Meaning, type ThingTerm } from './aql-profile.ts';
import { DESTINATION, findProperty, noProperty, numberCondition, type Properties, SOURCE } from './aql-properties.ts';
import { allOf, anyOf, aql, inList, NO, noneOf, settled, type Term, unknown } from './aql-term.ts';
import type { Condition, NumberColumn } from './types.ts';

/**
 * Log sources that send events in the product's own words: the event id is an activity, the event category a class (see
 * `ingest/leef-activity.ts`), and fields of an activity come as attributes of which custom properties are made.
 */
export interface NamedProduct {
  /** Classes its events can be of. */
  classes: readonly ActivityClass[];
  /** The computer stands in every event, not only in the syslog header. */
  namesDevice?: boolean;
  removable?: boolean;
}

export const NAMED_PRODUCTS: Readonly<Record<string, NamedProduct>> = {
  'Microsoft Defender for Endpoint': { classes: ['file_system', 'peripheral'], namesDevice: true, removable: true },
  'Zscaler Nss': { classes: ['http'], namesDevice: true },
  'Fortinet FortiGate Security Gateway': { classes: ['tunnel'] },
  'Microsoft Exchange Server': { classes: ['email'] },
  'Microsoft Office 365': { classes: ['file_hosting'] },
  'Microsoft Entra ID': { classes: ['authentication'] },
  'Microsoft SQL Server': { classes: ['datastore'], namesDevice: true },
  'Linux OS': { classes: ['authentication', 'process'], namesDevice: true },
};

const PROPERTIES: Properties<NumberColumn> = {
  bytes_out: ['Bytes Sent', 'BytesSent'],
  bytes_in: ['Bytes Received', 'BytesReceived'],
  recipients: ['Recipients'],
  recipients_external: ['External Recipients'],
  attachments: ['Attachments'],
  sensitivity: ['Sensitivity'],
  logon_type: ['Logon Type'],
  event_code: [],
  severity: ['severity'],
};
/** Fields that only some classes have: elsewhere their absence hides nothing. */
const ONLY_IN: Partial<Record<NumberColumn, ActivityClass>> = {
  recipients: 'email',
  recipients_external: 'email',
  attachments: 'email',
};

const FILES: readonly ActivityClass[] = ['file_system', 'file_hosting'];

export function namedProfile(product: NamedProduct, has: HasColumn, meaning: Meaning): AqlProfile {
  const property = (...names: string[]) => findProperty(has, names);
  const [id, category] = [property('EventID'), property('Event Category')];
  const path = property('File Path');
  const url = property('URL');

  const classIn = (classes: readonly ActivityClass[]): Term => {
    const common = product.classes.filter((one) => classes.includes(one));
    if (common.length === 0 || common.length === product.classes.length) return settled(common.length > 0);
    return category ? aql(inList(category, common)) : noProperty('Event Category');
  };
  const activityIn = (names: readonly string[]): Term => (id ? aql(inList(id, names)) : noProperty('EventID'));
  const equals = (names: string[], value: string): Term => {
    const found = property(...names);
    return found ? aql(`${found} = '${value}'`) : noProperty(names[0]!);
  };
  const flag = (names: string[], is: boolean): Term => {
    const term = equals(names, 'true');
    return is ? term : noneOf(term);
  };
  const fileTest = (test: (path: string) => Term, classes: readonly ActivityClass[]): Term =>
    allOf([classIn(classes), path ? test(path) : noProperty('File Path')]);

  const sensitive = (): Term =>
    anyOf([
      numberCondition(number('sensitivity'), (one) => `${one} >= 2`),
      fileTest((one) => testSensitiveWords(one, meaning), [...FILES, 'peripheral', 'datastore']),
      fileTest((one) => testFileCategory(one, ['credential'], meaning), FILES),
      ...[path, url].map((one) => (one ? testPatterns(one, meaning) : NO)),
    ]);

  const number = (column: NumberColumn) => {
    const only = ONLY_IN[column];
    if (column === 'event_code' || (only && !product.classes.includes(only))) return 'none';
    const found = property(...PROPERTIES[column]);
    return found ? { aql: found } : { why: `custom property "${PROPERTIES[column][0]}" is not installed` };
  };

  const test = (condition: Condition): Term => {
    switch (condition.column) {
      case 'class':
        return classIn(condition.in);
      case 'activity':
        return activityIn(condition.in);
      case 'outcome': {
        const [success, failure] = ['success', 'failure'].map((word) => equals(['Outcome'], word)) as [Term, Term];
        const other = allOf([noneOf(success), noneOf(failure)]);
        const terms = { success, failure, unknown: other };
        const wanted = condition.in.map((word) => terms[word]);
        return condition.in.length === 2 && !condition.in.includes('failure') ? noneOf(failure) : anyOf(wanted);
      }
      case 'file_category': {
        const fits = (one: string) => testFileCategory(one, condition.in, meaning);
        const web = allOf([
          classIn(['http']),
          activityIn(['download', 'upload']),
          url ? fits(`REPLACEFIRST('[?#].*$', ${url}, '')`) : noProperty('URL'),
        ]);
        return anyOf([fileTest(fits, FILES), web]);
      }
      case 'web_category':
        return settled(product.classes.includes('http'));
      case 'removable':
        return product.removable ? flag(['Removable Media'], condition.is) : settled(!condition.is);
      case 'privileged':
        return flag(['Privileged'], condition.is);
      case 'sensitivity':
        return 'atLeast' in condition && condition.atLeast === 2 ? sensitive() : unknown('this degree of sensitivity');
      default:
        if ('present' in condition) return unknown('a named thing');
        return numberCondition(number(condition.column), (one) =>
          'atLeast' in condition ? `${one} >= ${condition.atLeast}` : inList(one, condition.oneOf),
        );
    }
  };

  const thing = (
    expression: string | undefined,
    name: string,
    form: ThingTerm['form'],
    where: Term,
    lacks?: string,
  ) => {
    if (where.is === 'no') return 'none' as const;
    if (expression === undefined) return { why: `custom property "${name}" is not installed` };
    return { aql: expression, form, where, ...(lacks === undefined ? {} : { lacks }) };
  };
  const always = settled(true);

  return {
    name: 'named events',
    webAddress: url,
    test: (filter) =>
      allOf(
        filter.map((condition) =>
          isWebCondition(condition) ? settled(product.classes.includes('http')) : test(condition),
        ),
      ),
    number,
    thing(kind) {
      switch (kind) {
        case 'device':
          return thing(
            'identityhostname',
            '',
            'host',
            always,
            product.namesDevice ? undefined : 'computers that only the syslog header names',
          );
        case 'target':
          return thing(DESTINATION(has), '', 'host', always);
        case 'source':
          return thing(SOURCE(has), '', 'host', classIn(['authentication', 'tunnel', 'api', 'file_hosting']));
        case 'scope': {
          const objects = classIn(['datastore', 'api']);
          const form = objects.is === 'yes' ? 'object' : 'path';
          return thing(path, 'File Path', form, classIn(['file_system', 'datastore', 'file_hosting', 'api']));
        }
        case 'web_host':
          return thing(url && hostOfUrl(url), 'URL', 'web_host', classIn(['http']));
        case 'program':
          return thing(
            programOf(property('Process Path'), property('Process CommandLine')),
            'Process Path',
            'program',
            classIn(['process', 'script']),
          );
        case 'recipient':
          return thing(path, 'File Path', 'recipients', allOf([classIn(['email']), activityIn(['send'])]));
        case 'partner':
          return thing(property('Target User Name'), 'Target User Name', 'account', always);
      }
    },
  };
}
