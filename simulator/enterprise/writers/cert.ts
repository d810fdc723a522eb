import { join } from 'node:path';
import type { Activity } from '../../../src/domain/activity.ts';
import { seedFor } from '../../../src/numeric/random.ts';
import { accountsOf } from '../accounts.ts';
import type { Company } from '../company.ts';
import type { Person } from '../types.ts';
import { TOPIC_WORDS } from '../words.ts';
import { openOutput } from './open-output.ts';

export type CertRelease = '4.2' | '5.2' | '6.2';

const HEADERS = {
  logon: 'id,date,user,pc,activity',
  device: 'id,date,user,pc,file_tree,activity',
  file: 'id,date,user,pc,filename,activity,to_removable_media,from_removable_media,content',
  http: 'id,date,user,pc,url,activity,content',
  email: 'id,date,user,pc,to,cc,bcc,from,activity,size,attachments,content',
};
const HEADERS_42 = {
  logon: 'id,date,user,pc,activity',
  device: 'id,date,user,pc,activity',
  file: 'id,date,user,pc,filename,content',
  http: 'id,date,user,pc,url,content',
  email: 'id,date,user,pc,to,cc,bcc,from,size,attachments,content',
};
type Kind = keyof typeof HEADERS;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** `MM/DD/YYYY HH:MM:SS` in company time, which is UTC. */
function formatDate(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)} ${iso.slice(11, 19)}`;
}

/** Words that go with a resource: the same resource always reads the same. */
function contentOf(resource: string, words: number): string {
  let hash = seedFor(17, resource);
  const picked: string[] = [];
  for (let i = 0; i < words; i++) {
    picked.push(TOPIC_WORDS[hash % TOPIC_WORDS.length]!);
    hash = (Math.imul(hash, 1664525) + 1013904223) >>> 0;
  }
  return picked.join(' ');
}

const INTERACTIVE = new Set([2, 7, 9, 10, 11]);
const FILE_ACTIVITY: Partial<Record<Activity['activity'], string>> = {
  read: 'File Open',
  create: 'File Write',
  update: 'File Write',
  copy: 'File Copy',
  delete: 'File Delete',
};
const WEB_ACTIVITY: Partial<Record<Activity['activity'], string>> = {
  visit: 'WWW Visit',
  download: 'WWW Download',
  upload: 'WWW Upload',
};

export interface CertRow {
  kind: Kind;
  row: string;
}

/** What the layout can carry of an activity: people's logons, drives, files, web and mail, under plain ids. */
export function createCertRows(company: Company, release: CertRelease): (activity: Activity) => CertRow | undefined {
  const people = new Map<string, Person>();
  const devices = new Map<string, string>();
  for (const person of company.people) {
    for (const account of accountsOf(person)) people.set(account, person);
    devices.set(person.address, person.device);
    devices.set(person.tunnelAddress, person.device);
  }
  const old = release === '4.2';
  return (a) => {
    const person = people.get(a.account);
    if (!person) return undefined;
    const start = `${a.originId},${formatDate(a.timeMs)},${person.plainId}`;
    const row = (kind: Kind, pc: string, ...fields: string[]): CertRow => ({
      kind,
      row: `${start},${pc},${fields.map(quoted).join(',')}\n`,
    });
    switch (a.class) {
      case 'authentication': {
        if (a.activity !== 'logon' && a.activity !== 'logoff') return undefined;
        if (!INTERACTIVE.has(a.logonType) || a.outcome !== 'success') return undefined;
        return row('logon', a.device, a.activity === 'logon' ? 'Logon' : 'Logoff');
      }
      case 'peripheral': {
        const action = a.activity === 'connect' ? 'Connect' : 'Disconnect';
        if (old) return row('device', a.device, action);
        return row('device', a.device, a.activity === 'connect' ? 'E:\\;E:\\current;E:\\drafts' : '', action);
      }
      case 'file_system': {
        const action = FILE_ACTIVITY[a.activity];
        if (!action) return undefined;
        const pc = devices.get(a.source) ?? a.device;
        if (old)
          return a.removable && a.activity === 'copy'
            ? row('file', pc, a.resource, contentOf(a.resource, 12))
            : undefined;
        const to = a.removable && a.activity === 'copy' ? 'True' : 'False';
        const from = a.removable && a.activity !== 'copy' ? 'True' : 'False';
        return row('file', pc, a.resource, action, to, from, contentOf(a.resource, 12));
      }
      case 'http': {
        const content = contentOf(a.resource, 16);
        return old
          ? row('http', a.device, a.resource, content)
          : row('http', a.device, a.resource, WEB_ACTIVITY[a.activity] ?? 'WWW Visit', content);
      }
      case 'email':
        return mailRow(a, person, old, row);
      default:
        return undefined;
    }
  };
}

function mailRow(
  a: Activity,
  person: Person,
  old: boolean,
  row: (kind: Kind, pc: string, ...fields: string[]) => CertRow,
): CertRow | undefined {
  const sent = a.activity === 'send';
  if (old && !sent) return undefined;
  const [first = '', ...others] = a.resource.split(';');
  const to = sent ? [first, ...others.slice(0, 11)].join(';') : person.email;
  const blind = sent ? others.slice(11).join(';') : '';
  const size = sent ? a.bytesOut : a.bytesIn;
  const names = Array.from(
    { length: a.attachments },
    (_, i) =>
      `C:\\Users\\${person.plainId}\\${TOPIC_WORDS[(size + i) % TOPIC_WORDS.length]}.docx(${Math.round(size / (a.attachments + 1))})`,
  );
  const pc = a.device === '' ? person.device : a.device;
  const content = contentOf(`${a.originId}`, 20);
  const from = sent ? person.email : a.source;
  return old
    ? row('email', pc, to, '', blind, from, String(size), String(a.attachments), content)
    : row('email', pc, to, '', blind, from, sent ? 'Send' : 'View', String(size), names.join(';'), content);
}

export function openCertFolder(folder: string, company: Company, release: CertRelease, gzip: boolean) {
  const headers = release === '4.2' ? HEADERS_42 : HEADERS;
  const toRow = createCertRows(company, release);
  const kinds = Object.keys(headers) as Kind[];
  const outputs = new Map(kinds.map((kind) => [kind, openOutput(join(folder, `${kind}.csv`), gzip)]));
  for (const kind of kinds) outputs.get(kind)!.append(`${headers[kind]}\n`);
  return {
    write(activity: Activity): boolean {
      const made = toRow(activity);
      if (made) outputs.get(made.kind)!.append(made.row);
      return made !== undefined;
    },
    close(): number {
      let bytes = 0;
      for (const output of outputs.values()) bytes += output.close();
      return bytes;
    },
  };
}
