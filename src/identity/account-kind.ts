import type { PersonKind } from '../domain/people.ts';
import { type AccountParts, isPersonalSid } from './parse-account.ts';

/** Windows' own authorities, in English and as some localised systems write them. */
const SYSTEM_AUTHORITIES = new Map([
  ['nt authority', ''],
  ['nt-autorität', ''],
  ['autorite nt', ''],
  ['autorité nt', ''],
  ['nt service', 'nt service'],
  ['nt virtual machine', 'nt virtual machine'],
  ['iis apppool', 'iis apppool'],
  ['window manager', ''],
  ['font driver host', ''],
  ['builtin', 'builtin'],
  ['virtual users', 'virtual users'],
]);

const SYSTEM_NAMES = new Map([
  ['system', 'system'],
  ['système', 'system'],
  ['localsystem', 'system'],
  ['s-1-5-18', 'system'],
  ['local service', 'local service'],
  ['lokaler dienst', 'local service'],
  ['s-1-5-19', 'local service'],
  ['network service', 'network service'],
  ['netzwerkdienst', 'network service'],
  ['s-1-5-20', 'network service'],
  ['anonymous logon', 'anonymous logon'],
  ['anonymous-anmeldung', 'anonymous logon'],
  ['s-1-5-7', 'anonymous logon'],
  ['', 'no account'],
  ['-', 'no account'],
  ['n/a', 'no account'],
  ['(null)', 'no account'],
  ['null', 'no account'],
  ['s-1-0-0', 'no account'],
]);

/** The canonical name of an account of the operating system itself, `undefined` when it is not one. */
export function systemName({ form, authority, name }: AccountParts): string | undefined {
  if (form === 'sid') return isPersonalSid(name) ? undefined : (SYSTEM_NAMES.get(name) ?? name);
  if (/^dwm-\d{1,4}$/.test(name)) return 'window manager';
  if (/^umfd-\d{1,4}$/.test(name)) return 'font driver host';
  const home = SYSTEM_AUTHORITIES.get(authority);
  if (home === 'virtual users' || home === 'nt virtual machine') return home;
  if (home !== undefined) return home === '' ? (SYSTEM_NAMES.get(name) ?? name) : `${home}\\${name}`;
  return authority === '' || name === '' || name === '-' ? SYSTEM_NAMES.get(name) : undefined;
}

// biome-ignore format: a list reads better in rows
const SERVICE_PATTERNS = [
  'svc-*', 'svc_*', 'svc.*', '*-svc', '*_svc', '*.svc', '*svc', 'service-*', 'service_*', 'srv-*', 'srv_*',
  'sql*', 'mssql*', 'backup*', 'healthmailbox*', 'msol_*', 'aad_*', 'sm_*', 'krbtgt', 'krbtgt_*', 'sshd', 'sshd_*',
];
const SERVICE_NAMES = new Set(
  'daemon bin nobody www-data apache nginx tomcat postgres mysql oracle jenkins nagios zabbix puppet ansible ntp cron'.split(
    ' ',
  ),
);
/** Three letters and four digits: the shape of personal ids (`SQL0042` is a person). */
const PERSONAL_ID = /^[a-z]{3}\d{4}$/;

/** A test for names of service accounts: the well-known ones and the configured patterns (`*` = any text). */
export function createServiceTest(patterns: readonly string[]): (name: string) => boolean {
  const known = SERVICE_PATTERNS.map(compilePattern);
  const configured = patterns.map((pattern) => compilePattern(pattern.toLowerCase()));
  return (name) =>
    configured.some((test) => test(name)) ||
    (!PERSONAL_ID.test(name) && (SERVICE_NAMES.has(name) || known.some((test) => test(name))));
}

/** Whole-name match with `*` for any text; plain searches, so no pattern can run away. */
function compilePattern(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*');
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return (name) => name === pattern;
  const middle = parts.slice(1, -1).filter((part) => part !== '');
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    let from = first.length;
    for (const part of middle) {
      const at = name.indexOf(part, from);
      if (at < 0 || at + part.length > name.length - last.length) return false;
      from = at + part.length;
    }
    return true;
  };
}

/** Kind by name alone, for what `systemName` does not know. `isLocal`: the authority is known to be a computer, where no machine accounts live. */
export function kindOf(parts: AccountParts, isService: (name: string) => boolean, isLocal: boolean): PersonKind {
  const { name, authority } = parts;
  if (name.endsWith('$') && name.length > 1) {
    const stem = name.slice(0, -1);
    if (isService(stem)) return 'service';
    // A local user that hides behind a trailing $ is no machine.
    if (!isLocal || stem === authority) return 'machine';
  }
  return isService(name) ? 'service' : 'human';
}

/** Names that say nothing about who it is: never taken for the same person in two places. */
const GENERIC_NAMES = new Set(
  (
    'administrator administrateur administrador admin root guest gast test user defaultaccount wdagutilityaccount ' +
    'local localadmin ladmin support helpdesk operator operations demo training temp tmp info office reception scanner ' +
    'printer kiosk student vagrant ubuntu debian centos ec2-user azureuser pi default public owner nouser none anonymous ' +
    'unknown system service dba sa it security audit sysadmin webmaster postmaster ftp mail git'
  ).split(' '),
);

export const isGenericName = (name: string): boolean =>
  name.length < 3 ||
  GENERIC_NAMES.has(name) ||
  /^(?:admin|administrator|test|user|guest|temp|demo)[-_.]?\d{1,4}$/.test(name);

const ADMIN_FORMS = [
  /^(?:adm|admin|a|da|sa|ea|t[012]|priv)[-_.](?<base>.+)$/,
  /^(?<base>.+)[-_.](?:adm|admin|a|da|sa|ea|t[012]|priv)$/,
  /^adm(?<base>.{4,})$/,
];

/** The names a privileged account may belong to (`adm-jdoe` -> `jdoe`), likeliest first; empty when it has no such form. */
export function adminBases(name: string): string[] {
  const bases: string[] = [];
  for (const form of ADMIN_FORMS) {
    const base = form.exec(name)?.groups?.base;
    if (base && base !== name && !isGenericName(base)) bases.push(base);
  }
  return bases;
}
