import { afterEach, describe, expect, it } from 'vitest';
import { equals } from '../../src/qradar/filter.ts';
import { pollOffenses, startCursor } from '../../src/qradar/poll-offenses.ts';
import { isUbaOffense } from '../../src/qradar/sense.ts';
import { type Answer, connectTo, errorOf, failure, type Handler, ranged } from '../qradar-console.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function connect(handler: Handler) {
  const connection = await connectTo(handler, { notes: { settleMs: 3000 } });
  closers.push(connection.close);
  return connection;
}

/** As recorded: nulls for what is absent, a description that ends in a line break. */
const recorded = (id: number, persisted: number, more: object = {}) => ({
  id,
  description: 'UBA : User Access from Multiple Locations\n',
  assigned_to: null,
  categories: ['Suspicious Activity'],
  category_count: 1,
  close_time: null,
  closing_reason_id: null,
  closing_user: null,
  credibility: 2,
  destination_networks: ['other'],
  domain_id: 0,
  event_count: 3,
  first_persisted_time: 1_790_000_000_000,
  flow_count: 0,
  follow_up: false,
  inactive: false,
  last_persisted_time: persisted,
  last_updated_time: 1_790_000_000_000,
  log_sources: [{ id: 63, name: 'Experience Center', type_id: 368, type_name: 'IBM Sense' }],
  magnitude: 3,
  offense_source: 'jsmith',
  offense_type: 3,
  relevance: 0,
  rules: [{ id: 100_200, type: 'CRE_RULE' }],
  severity: 5,
  start_time: 1_790_000_000_000,
  status: 'OPEN',
  ...more,
});

describe('offenses', () => {
  it('become records, whatever is null or absent', async () => {
    const { qradar } = await connect(() => ({ body: recorded(7, 5) }));
    const offense = await qradar.offenses.get(7);
    expect(offense).toMatchObject({
      id: 7,
      description: 'UBA : User Access from Multiple Locations',
      type: 3,
      source: 'jsmith',
      status: 'OPEN',
      closeMs: undefined,
      ruleIds: [100_200],
      lastPersistedMs: 5,
    });
    expect(isUbaOffense(offense, [])).toBe(true);
    const old = await connect(() => ({ body: { id: 1, status: 'CLOSED', offense_type: 0, start_time: 1 } }));
    expect(await old.qradar.offenses.get(1)).toMatchObject({ logSources: [], lastPersistedMs: undefined });
  });

  it('are listed by filter, sort and fields', async () => {
    const { qradar, console } = await connect((request) => ranged(request, [recorded(1, 1)]));
    for await (const page of qradar.offenses.list(equals('status', 'OPEN'))) expect(page).toHaveLength(1);
    const [seen] = console.seen('GET', '/api/siem/offenses');
    expect(seen!.query.get('filter')).toBe('status = "OPEN"');
    expect(seen!.query.get('sort')).toBe('+id');
    expect(seen!.query.get('fields')).toContain('last_persisted_time');
  });

  it('name what is wrong with a reply', async () => {
    const { qradar } = await connect(() => ({ body: recorded(1, 1, { status: 'ODD' }) }));
    const error = await errorOf(qradar.offenses.get(1));
    expect(error).toMatchObject({ code: 'QRADAR_REPLY_INVALID' });
    expect((error as Error).message).toContain('status');
  });

  it('have closing reasons and types', async () => {
    const { qradar, console } = await connect((request) =>
      request.path.endsWith('reasons')
        ? ranged(request, [{ id: 2, text: 'False-Positive, Tuned', is_deleted: false, is_reserved: false }])
        : ranged(request, [
            { id: 3, property_name: 'userName', name: 'Username', database_type: 'COMMON', custom: false },
          ]),
    );
    expect(await qradar.offenses.closingReasons()).toEqual([
      { id: 2, text: 'False-Positive, Tuned', isDeleted: false, isReserved: false },
    ]);
    expect(await qradar.offenses.types()).toEqual([{ id: 3, name: 'Username', isCustom: false }]);
    expect(console.requests.find(({ path }) => path.endsWith('reasons'))!.query.get('include_reserved')).toBe('true');
  });
});

describe('following offenses', () => {
  /** Sorted and filtered as the console does it. */
  const store = (offenses: ReturnType<typeof recorded>[]): Handler => {
    return (request) => {
      const since = Number(/last_persisted_time >= (\d+)/.exec(request.query.get('filter') ?? '')![1]);
      expect(request.query.get('sort')).toBe('+last_persisted_time');
      const found = offenses.filter((one) => one.last_persisted_time >= since);
      return ranged(
        request,
        found.sort((a, b) => a.last_persisted_time - b.last_persisted_time || a.id - b.id),
      );
    };
  };

  async function readAll(qradar: Awaited<ReturnType<typeof connect>>['qradar'], cursor = startCursor(0), pageSize = 3) {
    const seen: string[] = [];
    let position = cursor;
    for (let steps = 0; steps < 100; steps++) {
      const page = await pollOffenses(qradar.offenses, position, { pageSize });
      seen.push(...page.offenses.map(({ id, lastPersistedMs }) => `${id}@${lastPersistedMs}`));
      position = page.cursor;
      if (!page.hasMore) break;
    }
    return { seen, cursor: position };
  }

  it('reads each state once, in order, and goes on where it stopped', async () => {
    const offenses = [1, 2, 3, 4, 5, 6, 7].map((id) => recorded(id, id * 100_000));
    const { qradar } = await connect(store(offenses));
    const first = await readAll(qradar);
    expect(first.seen).toEqual(offenses.map(({ id, last_persisted_time }) => `${id}@${last_persisted_time}`));
    expect((await readAll(qradar, first.cursor)).seen).toEqual([]);

    offenses[0]!.last_persisted_time = 800_000;
    const restored = JSON.parse(JSON.stringify(first.cursor));
    expect((await readAll(qradar, restored)).seen).toEqual(['1@800000']);
  });

  it('sees a change that became visible late, within the overlap', async () => {
    const offenses = [recorded(1, 1_000_000), recorded(2, 1_050_000)];
    const { qradar } = await connect(store(offenses));
    const first = await readAll(qradar);
    offenses.push(recorded(3, 1_000_500));
    expect((await readAll(qradar, first.cursor)).seen).toEqual(['3@1000500']);
  });

  it('is not stopped by more changes in one moment than a page holds', async () => {
    const offenses = Array.from({ length: 40 }, (_, i) => recorded(i + 1, i < 30 ? 5_000_000 : 5_000_001 + i));
    const { qradar } = await connect(store(offenses));
    const { seen } = await readAll(qradar, startCursor(0), 4);
    expect(seen).toHaveLength(40);
    expect(new Set(seen).size).toBe(40);
  });

  it('misses nothing while offenses change between two pages', async () => {
    const offenses = Array.from({ length: 9 }, (_, i) => recorded(i + 1, 1_000_000 + i * 1000));
    let requests = 0;
    const { qradar } = await connect((request) => {
      // With pages by offset, the move of the first would shift the fourth past the reader.
      if (++requests === 2) offenses[0]!.last_persisted_time = 2_000_000;
      return store(offenses)(request);
    });
    const { seen } = await readAll(qradar);
    for (const id of [1, 2, 3, 4, 5, 6, 7, 8, 9]) expect(seen.some((one) => one.startsWith(`${id}@`))).toBe(true);
    expect(seen).toContain('1@2000000');
  });

  it('says so when the API version is too old for it', async () => {
    const { qradar } = await connect(() => ({ body: [recorded(1, 1, { last_persisted_time: null })] }));
    expect(await errorOf(pollOffenses(qradar.offenses, startCursor(0), { pageSize: 3 }))).toMatchObject({
      code: 'QRADAR_VERSION',
    });
  });
});

describe('notes', () => {
  interface StoredNote {
    id: number;
    create_time: number;
    username: string;
    note_text: string;
  }

  /** Notes of offense 7. `fault` may take the place of an answer, before or after the note is kept. */
  function notebook(fault: (post: number) => { answer: Answer; keeps: boolean } | undefined = () => undefined) {
    const notes: StoredNote[] = [];
    let posts = 0;
    const handler: Handler = (request) => {
      if (request.path !== '/api/siem/offenses/7/notes')
        return failure(404, 1002, 'Offense not found for offense_id: 8', 'x');
      if (request.method === 'GET') return ranged(request, notes);
      const text = request.query.get('note_text');
      if (!text) return failure(422, 8, 'Missing required parameter "note_text" from query parameters');
      const trouble = fault(++posts);
      if (trouble && !trouble.keeps) return trouble.answer;
      const note = {
        id: notes.length + 1,
        create_time: 1_790_000_000_000,
        username: 'API_user: sidecar',
        note_text: text,
      };
      notes.push(note);
      return trouble?.answer ?? { status: 201, body: note };
    };
    return { notes, handler, posts: () => posts };
  }

  it('go as a query parameter, with the finding at the beginning', async () => {
    const { notes, handler } = notebook();
    const { qradar, console } = await connect(handler);
    const text = 'Reads 14x the files of 22 peers & more\n100 % "new" + ünüsual';
    expect(await qradar.notes.post(7, 'f-1a2b', text)).toEqual({ noteIds: [1], found: 0 });
    expect(notes[0]!.note_text).toBe(`[undercurrent f-1a2b 1/1] ${text}`);
    expect(console.requests.at(-1)!.body).toBe('');
    expect(await qradar.notes.list(7)).toMatchObject([{ id: 1, username: 'API_user: sidecar' }]);
  });

  it('are posted once: not again on a rerun, also with another text', async () => {
    const book = notebook();
    const { qradar } = await connect(book.handler);
    await qradar.notes.post(7, 'f1', 'first');
    expect(await qradar.notes.post(7, 'f1', 'second')).toEqual({ noteIds: [1], found: 1 });
    await qradar.notes.post(7, 'f2', 'other finding');
    expect(book.notes).toHaveLength(2);
  });

  it('are posted once by callers at the same time', async () => {
    const book = notebook();
    const { qradar } = await connect(book.handler);
    await Promise.all([1, 2, 3, 4].map(() => qradar.notes.post(7, 'f1', 'text')));
    expect(book.notes).toHaveLength(1);
  });

  it.each([
    ['cut, note kept', { cut: 'before' as const }, true],
    ['cut, note lost', { cut: 'before' as const }, false],
    ['cut within the reply', { cut: 'within' as const, body: 'x'.repeat(50) }, true],
    ['503', failure(503, 1010, 'x'), false],
    ['500 after the note was kept', failure(500, 1020, 'x', 'y'), true],
    ['a reply that is no JSON', { status: 201, body: '<html>' }, true],
    ['429', failure(429, 0, 'x'), false],
  ])('are there exactly once after: %s', async (_, answer, keeps) => {
    const book = notebook((post) => (post === 1 ? { answer, keeps } : undefined));
    const { qradar, timing } = await connect(book.handler);
    expect((await qradar.notes.post(7, 'f1', 'text')).noteIds).toEqual([1]);
    expect(book.notes).toHaveLength(1);
    expect(timing.waits.length).toBeGreaterThan(0);
  });

  it('stay as they are when the same finding later has a longer text', async () => {
    const book = notebook();
    const { qradar } = await connect(book.handler);
    await qradar.notes.post(7, 'f1', 'short');
    expect(await qradar.notes.post(7, 'f1', 'much longer '.repeat(400))).toEqual({ noteIds: [1], found: 1 });
    expect(book.notes).toHaveLength(1);
  });

  it('that are too long become numbered parts, and a rerun adds only what is missing', async () => {
    const text = Array.from({ length: 300 }, (_, i) => `${i}: a line about what is unusual`).join('\n');
    const book = notebook((post) => (post === 3 ? { answer: failure(403, 26, 'x'), keeps: false } : undefined));
    const { qradar } = await connect(book.handler);
    expect(await errorOf(qradar.notes.post(7, 'f1', text))).toMatchObject({ code: 'QRADAR_FORBIDDEN' });
    expect(book.notes).toHaveLength(2);
    const { noteIds, found } = await qradar.notes.post(7, 'f1', text);
    expect(found).toBe(2);
    expect(book.notes).toHaveLength(noteIds.length);
    for (const [i, { note_text }] of book.notes.entries()) {
      expect(note_text.startsWith(`[undercurrent f1 ${i + 1}/${noteIds.length}] `)).toBe(true);
      expect(note_text.length).toBeLessThanOrEqual(2000);
    }
  });

  it('are refused without a text, and fail plainly for an offense that is gone', async () => {
    const { qradar, console } = await connect(notebook().handler);
    expect(await errorOf(qradar.notes.post(7, 'f1', ' \n '))).toMatchObject({
      code: 'QRADAR_REJECTED',
      layer: 'client',
    });
    expect(await errorOf(qradar.notes.post(8, 'f1', 'text'))).toMatchObject({ code: 'QRADAR_NOT_FOUND' });
    expect(console.seen('POST', '/api/siem/offenses/8/notes')).toHaveLength(0);
  });
});

describe('rules', () => {
  it('tell what each put into an offense, and their names', async () => {
    const { qradar, console } = await connect((request) =>
      request.path.endsWith('contributions')
        ? ranged(request, [
            {
              id: 1,
              rule_id: 9,
              rule_name: 'UBA : X',
              rule_type: 'CRE_RULE',
              offense_id: 5,
              event_count: 4,
              first_event: 1,
              last_event: 2,
            },
          ])
        : ranged(request, [{ id: 9, name: 'UBA : X' }]),
    );
    expect(await qradar.rules.contributions(5)).toMatchObject([{ ruleName: 'UBA : X', eventCount: 4, lastEventMs: 2 }]);
    expect(await qradar.rules.names([9, 9, 10])).toEqual(new Map([[9, 'UBA : X']]));
    expect(console.requests.at(-1)!.query.get('filter')).toBe('id in (9, 10)');
  });
});
