import type { DirectoryRecord } from '../domain/ingest.ts';
import type { NewTexts } from './intern-text.ts';
import type { RecordsFile } from './open-records.ts';

export interface DeadLetterRow {
  id: bigint;
  origin: string;
  line: number;
  reason: string;
  detail: string;
  raw: string;
  firstImport: number;
}

/** What an import leaves in the record file. Every row may be written again without a change. */
export interface RecordSink {
  readonly directory: DirectoryRecord[];
  readonly deadLetters: DeadLetterRow[];
  /** Stores everything gathered and the new texts in one durable transaction, and empties the lists. */
  write(news: NewTexts): void;
}

/** Texts per statement. */
const TEXT_ROWS = 32;

/** Statements are prepared once and run per row: a batch has up to a million of them. */
export function createRecordSink(file: RecordsFile): RecordSink {
  // The first spelling stays.
  const addTextsSql = (rows: number) =>
    `INSERT INTO dictionary(token, kind, text) VALUES ${Array(rows).fill('(?, ?, ?)').join(', ')} ON CONFLICT DO NOTHING`;
  const addText = file.prepare(addTextsSql(1));
  const addTexts = file.prepare(addTextsSql(TEXT_ROWS));
  const addSighting = file.prepare<[string, string, string]>(
    'INSERT INTO account_sighting(domain, account, sid) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const setDirectory = file.prepare<[string, string, string]>(
    `INSERT INTO directory_record(account, from_day, body) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET body = excluded.body`,
  );
  const addDeadLetter = file.prepare<[bigint, string, number, string, string, string, number]>(
    `INSERT INTO dead_letter(id, origin, line, reason, detail, raw, first_import) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const sink = {
    directory: [] as DirectoryRecord[],
    deadLetters: [] as DeadLetterRow[],
  };
  const writeAll = file.transaction((news: NewTexts) => {
    const order = tokenOrder(news.tokens);
    const values: unknown[] = [];
    for (const row of order) {
      values.push(news.tokens[row]!, news.kinds[row]!, news.texts[row]!);
      if (values.length < TEXT_ROWS * 3) continue;
      addTexts.run(values);
      values.length = 0;
    }
    for (let at = 0; at < values.length; at += 3) addText.run(values.slice(at, at + 3));
    for (const sighting of news.sightings) addSighting.run(...sighting);
    for (const record of sink.directory) setDirectory.run(record.account, record.fromDay, JSON.stringify(record));
    for (const d of sink.deadLetters)
      addDeadLetter.run(d.id, d.origin, d.line, d.reason, d.detail, d.raw, d.firstImport);
  });
  return {
    ...sink,
    write(news) {
      try {
        if (news.tokens.length + news.sightings.length + sink.directory.length + sink.deadLetters.length > 0)
          writeAll(news);
      } finally {
        sink.directory.length = 0;
        sink.deadLetters.length = 0;
      }
    },
  };
}

/** Rows by token: neighbours in the tree are written together. Equal tokens stay in order, so the first spelling wins. */
function tokenOrder(tokens: readonly bigint[]): Uint32Array {
  const sorted = BigInt64Array.from(tokens);
  const order = Uint32Array.from(tokens, (_, row) => row);
  return order.sort((a, b) => {
    const [left, right] = [sorted[a]!, sorted[b]!];
    return left < right ? -1 : left > right ? 1 : a - b;
  });
}
