import { parse } from 'csv-parse/sync';
import { messageOf } from '../domain/errors.ts';
import type { AliasRow } from '../domain/people.ts';

export interface AliasProblem {
  /** 1-based line of the file. */
  line: number;
  reason: string;
}

const MAX_ACCOUNT_LENGTH = 512;

/**
 * Reads the aliases file: CSV with a header line `account,alias` or `account,alias,note`. Good rows are returned beside the
 * problems of the bad ones. Lines that start with # are comments.
 */
export function readAliases(text: string): { rows: AliasRow[]; problems: AliasProblem[] } {
  const rows: AliasRow[] = [];
  const problems: AliasProblem[] = [];
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      comment: '#',
      comment_no_infix: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? Number(error.lines) : 1;
    return { rows, problems: [{ line, reason: messageOf(error).split('\n')[0]! }] };
  }
  const [header, ...body] = records;
  if (!header) return { rows, problems };
  const names = header.record.map((name) => name.toLowerCase()).join(',');
  if (names !== 'account,alias' && names !== 'account,alias,note')
    return {
      rows,
      problems: [{ line: header.info.lines, reason: 'the first line must be "account,alias" or "account,alias,note"' }],
    };
  for (const { record, info } of body) {
    const [account = '', alias = ''] = record;
    const reason = faultOf(account, alias, record.length);
    if (reason) problems.push({ line: info.lines, reason });
    else rows.push({ account, alias });
  }
  return { rows, problems };
}

function faultOf(account: string, alias: string, columns: number): string | undefined {
  if (columns > 3) return `${columns} columns, at most 3 are expected`;
  if (account === '') return 'the account is empty';
  if (alias === '') return 'the alias is empty';
  if (account.length > MAX_ACCOUNT_LENGTH || alias.length > MAX_ACCOUNT_LENGTH)
    return `longer than ${MAX_ACCOUNT_LENGTH} characters`;
  return undefined;
}
