import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Journal } from '../state/journal.ts';
import { State } from '../state/state.ts';
import { AqlError } from './aql-error.ts';
import { compileAql } from './compile.ts';
import { parseAql } from './parser.ts';
import { ArielStore, type EventRow } from './store.ts';

const NOW = Date.UTC(2026, 0, 20, 12);
const MINUTE = 60_000;
const state = new State(new Journal(undefined));
let store: ArielStore;

/** Small generator of its own: the test must not depend on what it tests. */
function draws(seed: number) {
  let x = seed >>> 0;
  const next = (n: number): number => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((x / 2 ** 32) * n);
  };
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!;
  return { next, pick };
}
type Draws = ReturnType<typeof draws>;

/** The same thing in AQL and in DuckDB's SQL. */
type Both = readonly [aql: string, sql: string];

const NUMBERS = ['qid', 'category', 'sourceport', 'destinationport', 'eventcount', 'severity', 'logsourceid'];
const TEXTS = ['username', 'sourceip', 'destinationip', 'eventdirection', 'hostname'];
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function number(d: Draws, depth: number): Both {
  if (depth <= 0 || d.next(2) === 0) {
    const same = d.next(3) === 0 ? String(d.next(9)) : d.pick(NUMBERS);
    return [same, same];
  }
  const [a, b] = [number(d, depth - 1), number(d, depth - 1)];
  const operator = d.pick(['+', '-', '*']);
  return [`(${a[0]} ${operator} ${b[0]})`, `(${a[1]}::DOUBLE ${operator} ${b[1]}::DOUBLE)`];
}

function text(d: Draws): Both {
  const column = d.pick(TEXTS);
  switch (d.next(4)) {
    case 0:
      return [`LOWER(${column})`, `lower(${column})`];
    case 1:
      return [`UPPER(${column})`, `upper(${column})`];
    case 2:
      return [`SUBSTRING(${column}, 1, 3)`, `substring(${column}, 2, 3)`];
    default:
      return [column, column];
  }
}

function condition(d: Draws, depth: number): Both {
  if (depth > 0 && d.next(3) > 0) {
    const [a, b] = [condition(d, depth - 1), condition(d, depth - 1)];
    const join = d.pick(['AND', 'OR']);
    if (d.next(4) === 0) return [`NOT (${a[0]})`, `(NOT (${a[1]}))`];
    return [`(${a[0]} ${join} ${b[0]})`, `((${a[1]}) ${join} (${b[1]}))`];
  }
  const t = text(d);
  const n = number(d, 1);
  const value = d.pick(['user1', 'USER2', '10.0.0.3', 'L2R', "o'neil", 'x']);
  const whole = d.next(40);
  switch (d.next(13)) {
    case 0:
      return [`${n[0]} > ${whole}`, `${n[1]} > ${whole}`];
    case 1:
      return [`${n[0]} BETWEEN ${whole} AND ${whole + 20}`, `${n[1]} BETWEEN ${whole} AND ${whole + 20}`];
    case 2:
      return [`${t[0]} = ${quote(value)}`, `${t[1]} = ${quote(value)}`];
    case 3:
      return [`${t[0]} IN (${quote(value)}, 'user3')`, `${t[1]} IN (${quote(value)}, 'user3')`];
    case 4:
      return [`${t[0]} ILIKE '%r${whole % 4}'`, `lower(${t[1]}) LIKE '%r${whole % 4}'`];
    case 5: {
      const test = `username IS ${whole % 2 === 0 ? 'NOT ' : ''}NULL`;
      return [test, test];
    }
    case 6:
      return [`${t[0]} MATCHES '[0-2]$'`, `regexp_matches(${t[1]}, '[0-2]$')`];
    case 7:
      return [`INCIDR('10.0.0.0/30', sourceip)`, `split_part(sourceip, '.', 4)::INTEGER < 4`];
    case 8:
      return [`${t[0]} NOT IN (${quote(value)}, 'user3')`, `${t[1]} NOT IN (${quote(value)}, 'user3')`];
    case 9:
      return [`${t[0]} NOT LIKE 'u%'`, `${t[1]} NOT LIKE 'u%'`];
    case 10: {
      const sub = `SELECT sourceip FROM events WHERE qid = ${whole % 5} AND sourceport < 3`;
      return [`sourceip IN (${sub})`, `sourceip IN (${sub} AND starttime >= $FROM AND starttime < $TO)`];
    }
    case 11: {
      const test = `CASE WHEN severity > ${whole % 10} THEN eventcount WHEN username = 'user3' THEN 9 ELSE 0 END >= 2`;
      return [test, test];
    }
    default:
      return [
        `${n[0]} <> ${whole} AND ${n[0]} NOT BETWEEN 3 AND 5`,
        `${n[1]} <> ${whole} AND ${n[1]} NOT BETWEEN 3 AND 5`,
      ];
  }
}

const AGGREGATES: readonly Both[] = [
  ['COUNT(*)', 'count(*)'],
  ['SUM(eventcount)', 'sum(eventcount)::DOUBLE'],
  ['MAX(starttime)', 'max(starttime)'],
  ['MIN(sourceport)', 'min(sourceport)'],
  ['AVG(severity)', 'avg(severity)'],
  ['UNIQUECOUNT(username)', 'count(DISTINCT username)'],
  ['STDEV(destinationport)', 'stddev_samp(destinationport)'],
];

/** `LAST n`, or `START ... STOP ...` in one of its writings; with the half-open window that it means. */
function time(d: Draws): { clause: string; from: number; to: number } {
  const minutes = 5 + d.next(300);
  const from = Math.floor((NOW - minutes * MINUTE) / MINUTE) * MINUTE;
  const to = from + (1 + d.next(minutes)) * MINUTE;
  const text = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  switch (d.next(4)) {
    case 0:
      return { clause: `START ${from + d.next(MINUTE)} STOP ${to}`, from, to };
    case 1:
      return { clause: `START '${text(from)}' STOP '${text(to)}'`, from, to };
    default:
      return { clause: `LAST ${minutes} MINUTES`, from, to: NOW + 1 };
  }
}

function makeQuery(seed: number): Both {
  const d = draws(seed * 7919 + 17);
  const { clause, from, to } = time(d);
  const [aqlWhere, sqlWhere] = condition(d, 3);
  const window = `starttime >= ${from} AND starttime < ${to}`;
  const where = `WHERE ${window} AND (${sqlWhere.replaceAll('$FROM', String(from)).replaceAll('$TO', String(to))})`;
  const limit = 1 + d.next(50);
  switch (d.next(4)) {
    case 0: {
      const columns = [text(d), number(d, 2), ['starttime', 'starttime'] as const];
      const select = (side: 0 | 1): string => columns.map((one, i) => `${one[side]} AS c${i}`).join(', ');
      return [
        `SELECT ${select(0)} FROM events WHERE ${aqlWhere} ORDER BY c2 DESC, c0 LIMIT ${limit} ${clause}`,
        `SELECT ${select(1)} FROM events ${where} ORDER BY c2 DESC NULLS LAST, c0 ASC NULLS FIRST, id DESC LIMIT ${limit}`,
      ];
    }
    case 1: {
      const [a, b] = [text(d), text(d)];
      return [
        `SELECT DISTINCT ${a[0]} AS a, ${b[0]} AS b FROM events WHERE ${aqlWhere} ORDER BY a DESC, b LIMIT ${limit} ${clause}`,
        `SELECT DISTINCT ${a[1]} AS a, ${b[1]} AS b FROM events ${where} ORDER BY a DESC NULLS LAST, b ASC NULLS FIRST LIMIT ${limit}`,
      ];
    }
    case 2: {
      const key = text(d);
      const inner = d.pick(AGGREGATES);
      return [
        `SELECT v, COUNT(*) AS n FROM (SELECT ${key[0]} AS k, ${inner[0]} AS v FROM events WHERE ${aqlWhere} GROUP BY k ${clause}) GROUP BY v ORDER BY n DESC, v ${clause}`,
        `SELECT v, count(*) AS n FROM (SELECT ${key[1]} AS k, ${inner[1]} AS v FROM events ${where} GROUP BY k) GROUP BY v ORDER BY n DESC, v NULLS FIRST`,
      ];
    }
    default: {
      const [key, a, b] = [text(d), d.pick(AGGREGATES), d.pick(AGGREGATES)];
      const least = d.next(4);
      return [
        `SELECT ${key[0]} AS k, ${a[0]} AS a, ${b[0]} AS b, COUNT(*) AS n FROM events WHERE ${aqlWhere} GROUP BY k HAVING n > ${least} ORDER BY n DESC ${clause}`,
        `SELECT ${key[1]} AS k, ${a[1]} AS a, ${b[1]} AS b, count(*) AS n FROM events ${where} GROUP BY k HAVING n > ${least} ORDER BY n DESC, k NULLS FIRST`,
      ];
    }
  }
}

beforeAll(async () => {
  store = await ArielStore.open(':memory:');
  const d = draws(5);
  const rows = Array.from(
    { length: 3000 },
    (): EventRow => ({
      starttime: NOW - d.next(300 * 60_000),
      qid: d.next(5),
      category: 3000 + d.next(40),
      sourceport: d.next(60),
      destinationport: d.next(60),
      eventcount: 1 + d.next(4),
      severity: d.next(11),
      logsourceid: 60 + d.next(3),
      username: d.next(6) === 0 ? null : d.pick(['user1', 'User2', 'user3', "o'neil"]),
      sourceip: `10.0.0.${d.next(9)}`,
      destinationip: `10.0.1.${d.next(9)}`,
      eventdirection: d.pick(['L2L', 'L2R', 'R2L']),
      hostname: `pc${d.next(4)}`,
      attributes: '{}',
      offenses: [],
    }),
  );
  await store.append('events', rows);
});
afterAll(() => store.close());

describe('500 generated queries', () => {
  it('give the rows of direct SQL', async () => {
    const connection = await store.connect();
    let withRows = 0;
    const asked = new Set<string>();
    for (let seed = 0; seed < 500; seed++) {
      const [aql, sql] = makeQuery(seed);
      asked.add(aql);
      const compiled = compileAql(parseAql(aql), aql, { state, nowMs: NOW, domainIds: [] });
      const mine = (await connection.runAndReadAll(compiled.sql, compiled.params)).getRowsJS();
      const direct = (await connection.runAndReadAll(sql)).getRowsJS();
      const comparable = (rows: unknown[][]) =>
        rows.map((row) => row.map((v) => (typeof v === 'bigint' ? Number(v) : v)));
      expect(comparable(mine as unknown[][]), aql).toEqual(comparable(direct as unknown[][]));
      if (direct.length > 0) withRows++;
    }
    expect(withRows).toBeGreaterThan(250);
    expect(asked.size).toBe(500);
    const clauses = [
      'DISTINCT',
      'FROM (SELECT',
      'IN (SELECT',
      'GROUP BY',
      'HAVING',
      'ORDER BY',
      'LIMIT',
      'LAST',
      'STOP',
    ];
    const tests = [
      'NOT (',
      'IN (',
      'NOT IN',
      'BETWEEN',
      'ILIKE',
      'NOT LIKE',
      'MATCHES',
      'IS NULL',
      'CASE',
      'INCIDR',
      ' OR ',
    ];
    const calls = ['LOWER', 'UPPER', 'SUBSTRING', 'COUNT', 'SUM', 'MIN', 'MAX', 'AVG', 'UNIQUECOUNT', 'STDEV'];
    for (const part of [...clauses, ...tests, ...calls])
      expect([...asked].filter((aql) => aql.includes(part)).length, part).toBeGreaterThan(20);
    connection.closeSync();
  });
});

describe('damaged queries', () => {
  it('fail with a position and nothing else', () => {
    const d = draws(99);
    let refused = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const [aql] = makeQuery(seed % 500);
      const at = d.next(aql.length);
      const broken =
        aql.slice(0, at) +
        d.pick(['', '(', ')', "'", '"', ' FROM ', ' SELECT ', '#', ',', ' AND ', '\n']) +
        aql.slice(at + d.next(6));
      try {
        compileAql(parseAql(broken), broken, { state, nowMs: NOW, domainIds: [] });
      } catch (error) {
        expect(error, broken).toBeInstanceOf(AqlError);
        const { startIndex, line } = error as AqlError;
        expect(startIndex >= 0 && startIndex <= broken.length && line >= 1, broken).toBe(true);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(700);
  });
});
