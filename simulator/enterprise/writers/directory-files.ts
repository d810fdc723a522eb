import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDay, parseDay } from '../../../src/domain/time.ts';
import type { Company } from '../company.ts';
import type { HrRecord } from '../types.ts';

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csv = (rows: string[][]): string => rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');

export interface DirectoryLayout {
  /** Ids like ABC0123 instead of logins. */
  plainIds: boolean;
  projects: boolean;
  timeZone: boolean;
}

/** Months of the period, `YYYY-MM`, with their first day and the first day after them. */
function monthsOf(company: Company): { month: string; from: string; to: string }[] {
  const months: { month: string; from: string; to: string }[] = [];
  for (let day = company.startDay; day < company.endDay; ) {
    const month = formatDay(day).slice(0, 7);
    const next = new Date(`${month}-15T00:00:00Z`);
    next.setUTCMonth(next.getUTCMonth() + 1);
    const to = `${next.toISOString().slice(0, 7)}-01`;
    months.push({ month, from: `${month}-01`, to });
    day = parseDay(to)!;
  }
  return months;
}

/** One directory export a month: people employed in it, as HR knew them on their first day in that month. */
export function directoryMonths(
  company: Company,
  directory: readonly HrRecord[],
  layout: DirectoryLayout,
): Map<string, string> {
  const header = [
    ...['employee_name', 'user_id', 'email', 'role'],
    ...(layout.projects ? ['projects'] : []),
    ...['business_unit', 'functional_unit', 'department', 'team', 'supervisor'],
    ...(layout.timeZone ? ['time_zone'] : []),
  ];
  const files = new Map<string, string>();
  for (const { month, from, to } of monthsOf(company)) {
    const rows = [header];
    const seen = new Set<string>();
    for (const record of directory) {
      const holds = record.fromDay < to && (record.toDay === '' || record.toDay > from);
      if (!holds || seen.has(record.account)) continue;
      seen.add(record.account);
      rows.push([
        ...[record.name, layout.plainIds ? record.plainId : record.account, record.email, record.role],
        ...(layout.projects ? [record.projects.join(';')] : []),
        ...[record.businessUnit, record.functionalUnit, record.department, record.team, record.supervisor],
        ...(layout.timeZone ? [record.timeZone] : []),
      ]);
    }
    files.set(month, csv(rows));
  }
  return files;
}

export function writeDirectory(
  folder: string,
  company: Company,
  directory: readonly HrRecord[],
  layout: DirectoryLayout,
): void {
  const target = join(folder, 'LDAP');
  mkdirSync(target, { recursive: true });
  for (const [month, text] of directoryMonths(company, directory, layout))
    writeFileSync(join(target, `${month}.csv`), text);
}

/** Aliases as the product reads them: `account,alias`. */
export const formatAliases = (directory: readonly HrRecord[]): string => {
  const pairs = new Map(directory.flatMap((r) => r.aliases.map((alias) => [alias, r.account] as const)));
  return csv([['account', 'alias'], ...[...pairs].map(([alias, account]) => [account, alias])]);
};

export const formatPsychometric = (company: Company): string =>
  csv([
    ['employee_name', 'user_id', 'O', 'C', 'E', 'A', 'N'],
    ...company.people.map((p) => [p.name, p.plainId, ...p.personality.map(String)]),
  ]);
