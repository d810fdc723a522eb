import type { AqlProfile, HasColumn } from './aql-profile.ts';
import { DESTINATION, SOURCE } from './aql-properties.ts';
import { allOf, anyOf, aql, inList, noneOf, settled, type Term, unknown, YES } from './aql-term.ts';
import type { Condition } from './types.ts';

/** Low level categories of QRadar that say who logged on, and who tried to. */
const LOGON = [
  'User Login Success',
  'Misc Login Succeeded',
  'Admin Login Successful',
  'SSH Login Succeeded',
  'Remote Access Login Succeeded',
  'Host Login Succeeded',
  'General Authentication Successful',
];
const FAILURE = [
  'User Login Failure',
  'Misc Login Failed',
  'Admin Login Failure',
  'SSH Login Failed',
  'Remote Access Login Failed',
  'Host Login Failed',
  'General Authentication Failed',
];
const OTHERS = 'what events other than logons mean';

/** Any other log source: only what QRadar's own categories tell. */
export function categoryProfile(has: HasColumn): AqlProfile {
  const name = 'CATEGORYNAME(category)';
  const [logon, failure] = [aql(inList(name, LOGON)), aql(inList(name, FAILURE))];
  const isLogon = anyOf([logon, failure]);
  const test = (condition: Condition): Term => {
    switch (condition.column) {
      case 'class':
        return condition.in.includes('authentication') ? isLogon : unknown(OTHERS);
      case 'activity':
        return condition.in.includes('logon') ? isLogon : unknown(OTHERS);
      case 'outcome':
        return condition.in.includes('failure') === condition.in.includes('success')
          ? settled(condition.in.includes('failure'))
          : condition.in.includes('failure')
            ? failure
            : noneOf(failure);
      default:
        return unknown(OTHERS);
    }
  };
  return {
    name: 'QRadar categories',
    test: (filter) => allOf(filter.map(test)),
    number: () => ({ why: OTHERS }),
    thing(kind) {
      switch (kind) {
        case 'device':
          return {
            aql: 'identityhostname',
            form: 'host',
            where: YES,
            lacks: 'computers that QRadar does not identify',
          };
        case 'source':
          return { aql: SOURCE(has), form: 'host', where: isLogon, lacks: OTHERS };
        case 'target':
          return { aql: DESTINATION(has), form: 'host', where: YES, lacks: 'hosts named without an address' };
        default:
          return { why: OTHERS };
      }
    },
  };
}
