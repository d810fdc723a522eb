import type { DirectoryRecord, ParseOutcome } from '../domain/ingest.ts';
import { isTimeZone } from '../domain/zone-offset.ts';
import type { CertLayout } from './cert-columns.ts';
import { deadLetter } from './outcome.ts';

/** One person of a monthly directory file; a dead letter when the row names no account. */
export function parseLdapRow(
  row: readonly string[],
  layout: CertLayout,
  fromDay: string,
): { kind: 'directory'; record: DirectoryRecord } | Extract<ParseOutcome, { kind: 'dead-letter' }> {
  const field = (name: string): string => {
    const position = layout.columns.get(name);
    return position === undefined ? '' : (row[position] ?? '').trim();
  };
  const account = field('user_id') || field('user');
  if (account === '') return bad('missing-field', 'user_id is empty');
  if (fromDay === '') return bad('bad-time', 'the file name does not say the month (YYYY-MM.csv)');
  const timeZone = field('time_zone');
  return {
    kind: 'directory',
    record: {
      account,
      fromDay,
      name: field('employee_name'),
      email: field('email'),
      role: field('role'),
      businessUnit: field('business_unit'),
      functionalUnit: field('functional_unit'),
      department: field('department'),
      team: field('team'),
      supervisor: field('supervisor'),
      projects: field('projects')
        .split(';')
        .map((project) => project.trim())
        .filter((project) => project !== ''),
      // Beyond the CERT columns; an unknown zone is no zone.
      timeZone: timeZone !== '' && isTimeZone(timeZone) ? timeZone : '',
      aliases: [],
    },
  };
}

const bad = (...parts: Parameters<typeof deadLetter>) =>
  deadLetter(...parts) as Extract<ParseOutcome, { kind: 'dead-letter' }>;
