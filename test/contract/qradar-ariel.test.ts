import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, connectTo, errorOf, failure, type Handler, ranged, type SeenRequest } from '../qradar-console.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function connect(handler: Handler, more: Parameters<typeof connectTo>[1] = {}) {
  const connection = await connectTo(handler, more);
  closers.push(connection.close);
  return connection;
}

const search = (id: string, status: string, more: object = {}) => ({
  cursor_id: id,
  search_id: id,
  status,
  progress: 0,
  completed: status === 'COMPLETED',
  query_string: '',
  query_execution_time: 0,
  record_count: 0,
  error_messages: [],
  ...more,
});

const ROWS = Array.from({ length: 12 }, (_, i) => ({ username: `u${i}`, n: i }));
const page = (request: SeenRequest, rows: readonly object[] = ROWS): Answer => {
  const answer = ranged(request, rows);
  return { ...answer, body: { events: answer.body } };
};

/** An Ariel whose searches go through the given statuses, one a poll. */
function ariel(statuses: string[], more: (request: SeenRequest) => Answer | undefined = () => undefined): Handler {
  const left = [...statuses];
  return (request) => {
    const special = more(request);
    if (special) return special;
    if (request.method === 'POST' && request.path === '/api/ariel/searches')
      return { status: 201, body: search('s1', left.shift() ?? 'COMPLETED') };
    if (request.method === 'DELETE') return { status: 202, body: search('s1', 'COMPLETED') };
    if (request.path.endsWith('/results')) return page(request);
    if (request.method === 'POST') return { body: search('s1', 'CANCELED') };
    return request.path === '/api/ariel/searches/s1' ? { body: search('s1', left.shift() ?? 'COMPLETED') } : undefined;
  };
}

const AQL = 'SELECT username FROM events LIMIT 10 START 0 STOP 60000';

describe('a search', () => {
  it('is created as a form, waited for, read by Range and deleted', async () => {
    const { qradar, console } = await connect(ariel(['WAIT', 'EXECUTE', 'SORTING', 'COMPLETED']));
    const { rows, summary } = await qradar.ariel.searchAll(AQL, { pageRows: 5 });
    expect(rows).toEqual(ROWS);
    expect(summary).toMatchObject({ searchId: 's1', rows: 12, reused: false });
    const [created] = console.seen('POST', '/api/ariel/searches');
    expect(new URLSearchParams(created!.body).get('query_expression')).toBe(AQL);
    expect(created!.headers.version).toBe('26.0');
    expect(console.seen('GET', '/api/ariel/searches/s1')[0]!.headers.prefer).toBe('wait=5');
    const ranges = console.seen('GET', '/api/ariel/searches/s1/results').map(({ headers }) => headers.range);
    expect(ranges).toEqual(['items=0-4', 'items=5-9', 'items=10-14']);
    expect(console.seen('DELETE', '/api/ariel/searches/s1')).toHaveLength(1);
    expect(console.requests.at(-1)!.method).toBe('DELETE');
  });

  it('polls again at once when the console kept the request (206), and waits by itself when not', async () => {
    const statuses = ['EXECUTE', 'EXECUTE', 'EXECUTE', 'COMPLETED'];
    const kept = await connect(
      ariel(['WAIT'], (request) => {
        if (request.method !== 'GET' || request.path !== '/api/ariel/searches/s1') return undefined;
        const status = statuses.shift()!;
        return { status: status === 'EXECUTE' ? 206 : 200, body: search('s1', status) };
      }),
    );
    await kept.qradar.ariel.searchAll(AQL);
    expect(kept.timing.waits).toEqual([]);

    const plain = await connect(ariel(['WAIT', 'EXECUTE', 'EXECUTE', 'EXECUTE', 'COMPLETED']));
    await plain.qradar.ariel.searchAll(AQL);
    expect(plain.timing.waits).toEqual([200, 300, 450]);
  });

  it('accepts rows under the name of any database, and pages of a server that ignores Range', async () => {
    const { qradar } = await connect(
      ariel(['COMPLETED'], ({ path }) => (path.endsWith('/results') ? { body: { flows: ROWS } } : undefined)),
    );
    expect((await qradar.ariel.searchAll(AQL, { pageRows: 5 })).rows).toEqual(ROWS);
  });

  it('refuses results that are not one list of rows', async () => {
    const bodies: unknown[] = [{ events: [1] }, { events: [], flows: [] }, []];
    const { qradar, console } = await connect(
      ariel([], ({ path }) => (path.endsWith('/results') ? { body: bodies.shift() } : undefined)),
    );
    for (let i = 0; i < 3; i++)
      expect(await errorOf(qradar.ariel.searchAll(AQL))).toMatchObject({ code: 'QRADAR_REPLY_INVALID' });
    expect(console.seen('DELETE', '/api/ariel/searches/s1')).toHaveLength(3);
  });

  it('waits when complete results are not readable yet (404, code 1003)', async () => {
    let early = 2;
    const { qradar } = await connect(
      ariel(['COMPLETED'], ({ path }) =>
        path.endsWith('/results') && early-- > 0 ? failure(404, 1003, 'x', 'Still running.') : undefined,
      ),
    );
    expect((await qradar.ariel.searchAll(AQL)).rows).toHaveLength(12);
  });

  it('asks for fewer rows when a page is too large', async () => {
    const wide = Array.from({ length: 40 }, (_, i) => ({ i, payload: 'x'.repeat(1_000_000) }));
    const { qradar, console } = await connect(
      ariel(['COMPLETED'], (request) => (request.path.endsWith('/results') ? page(request, wide) : undefined)),
    );
    const { rows } = await qradar.ariel.searchAll(AQL);
    expect(rows.map(({ i }) => i)).toEqual(wide.map(({ i }) => i));
    expect(console.seen('GET', '/api/ariel/searches/s1/results').length).toBeGreaterThan(2);
  });

  it('with more rows than allowed fails, and is deleted', async () => {
    const { qradar, console } = await connect(ariel(['COMPLETED']));
    expect(await errorOf(qradar.ariel.searchAll(AQL, { pageRows: 5, maxRows: 9 }))).toMatchObject({
      code: 'QRADAR_REPLY_INVALID',
    });
    expect(console.seen('DELETE', '/api/ariel/searches/s1')).toHaveLength(1);
  });
});

describe('a search that does not end well', () => {
  it('ERROR carries what the console says', async () => {
    const messages = [
      { severity: 'INFO', code: '1', contexts: [], message: 'fine' },
      { severity: 'ERROR', code: '2', contexts: [], message: 'out of memory' },
    ];
    const { qradar, console } = await connect(
      ariel(['WAIT'], ({ method, path }) =>
        method === 'GET' && path === '/api/ariel/searches/s1'
          ? { body: search('s1', 'ERROR', { error_messages: messages }) }
          : undefined,
      ),
    );
    const error = await errorOf(qradar.ariel.searchAll(AQL));
    expect(error).toMatchObject({ code: 'QRADAR_SEARCH_FAILED', retryable: true });
    expect((error as Error).message).toContain('out of memory');
    expect((error as Error).message).not.toContain('fine');
    expect(console.seen('DELETE', '/api/ariel/searches/s1')).toHaveLength(1);
  });

  it('CANCELED on the console is a failure, never a part of the rows', async () => {
    const { qradar, console } = await connect(ariel(['WAIT', 'CANCELED']));
    expect(await errorOf(qradar.ariel.searchAll(AQL))).toMatchObject({ code: 'QRADAR_SEARCH_FAILED' });
    expect(console.seen('GET', '/api/ariel/searches/s1/results')).toHaveLength(0);
  });

  it('is gone (404, code 1002): said, and may be asked again', async () => {
    const { qradar } = await connect(
      ariel(['WAIT'], ({ method, path }) =>
        method === 'GET' && path === '/api/ariel/searches/s1' ? failure(404, 1002, 'x', 'No search.') : undefined,
      ),
    );
    expect(await errorOf(qradar.ariel.searchAll(AQL))).toMatchObject({ code: 'QRADAR_SEARCH_FAILED', retryable: true });
  });

  it('has bad AQL (422, code 2000): code and place', async () => {
    const details = { reason: 'x', line_number: 1, start_index: 7, token_text: 'FORM' };
    const { qradar, console } = await connect(() => failure(422, 2000, 'Line 1: unexpected', 'Invalid AQL.', details));
    expect(await errorOf(qradar.ariel.searchAll(AQL))).toMatchObject({ code: 'QRADAR_AQL_REJECTED', details });
    expect(console.seen('POST', '/api/ariel/searches')).toHaveLength(1);
    expect(qradar.budget.report()).toMatchObject({ searches: 1, failed: 1, active: 0 });
  });

  it('takes too long: cancelled and deleted', async () => {
    const { qradar, console } = await connect(ariel(Array(1000).fill('EXECUTE')));
    const error = await errorOf(qradar.ariel.searchAll(AQL, { timeoutMs: 30_000 }));
    expect(error).toMatchObject({ code: 'QRADAR_SEARCH_FAILED' });
    const [cancelled] = console.seen('POST', '/api/ariel/searches/s1');
    expect(cancelled!.query.get('status')).toBe('CANCELED');
    expect(console.seen('DELETE', '/api/ariel/searches/s1')).toHaveLength(1);
  });

  it('is aborted: cancelled and deleted, and the reason is passed on', async () => {
    const stop = new AbortController();
    let polls = 0;
    const { qradar, console } = await connect(
      ariel(Array(1000).fill('EXECUTE'), ({ method }) => {
        if (method === 'GET' && ++polls === 3) stop.abort(new Error('stopped by test'));
        return undefined;
      }),
    );
    expect(await errorOf(qradar.ariel.searchAll(AQL, { signal: stop.signal }))).toBe(stop.signal.reason);
    expect(console.seen('POST', '/api/ariel/searches/s1')).toHaveLength(1);
    expect(console.seen('DELETE', '/api/ariel/searches/s1')).toHaveLength(1);
    expect(qradar.budget.report()).toMatchObject({ cancelled: 1, failed: 0, active: 0 });
  });

  it('is left early by its reader: deleted, not cancelled, for it is complete', async () => {
    const { qradar, console } = await connect(ariel(['COMPLETED']));
    for await (const rows of qradar.ariel.search(AQL, { pageRows: 5 })) {
      expect(rows).toHaveLength(5);
      break;
    }
    expect(console.seen('POST', '/api/ariel/searches/s1')).toHaveLength(0);
    expect(console.seen('DELETE', '/api/ariel/searches/s1')).toHaveLength(1);
  });

  it('that cannot be deleted is counted, and its rows are kept', async () => {
    const { qradar } = await connect(
      ariel(['COMPLETED'], ({ method }) => (method === 'DELETE' ? failure(403, 1009, 'x', 'y') : undefined)),
    );
    expect((await qradar.ariel.searchAll(AQL)).rows).toHaveLength(12);
    expect(qradar.budget.report()).toMatchObject({ leftBehind: 1, failed: 0 });
  });
});

describe('creating a search', () => {
  it('looks for it before creating another one when the reply was lost', async () => {
    let created = 0;
    const { qradar, console } = await connect(
      ariel(['COMPLETED'], ({ method, path }) => {
        if (method === 'POST' && path === '/api/ariel/searches') {
          created += 1;
          return { cut: 'before' };
        }
        if (path === '/api/ariel/searches') return { body: ['other', 'gone', 's1'] };
        if (path === '/api/ariel/searches/other')
          return { body: search('other', 'COMPLETED', { query_string: 'else' }) };
        if (method === 'GET' && path === '/api/ariel/searches/s1')
          return { body: search('s1', 'COMPLETED', { query_string: AQL, query_execution_time: 700 }) };
        return undefined;
      }),
    );
    expect((await qradar.ariel.searchAll(AQL)).rows).toHaveLength(12);
    expect(created).toBe(1);
    // It ran all the same.
    expect(qradar.budget.report()).toMatchObject({ runningMs: 700, reused: 0 });
    expect(console.seen('DELETE', '/api/ariel/searches/s1')).toHaveLength(1);
  });

  it('deletes the one whose reply was lost when it has failed, and creates another', async () => {
    const answers: (Answer | undefined)[] = [{ cut: 'before' }, undefined];
    const { qradar, console } = await connect(
      ariel(['COMPLETED'], ({ method, path }) => {
        if (method === 'POST' && path === '/api/ariel/searches') return answers.shift();
        if (path === '/api/ariel/searches') return { body: ['other', 'failed'] };
        if (method === 'GET' && path === '/api/ariel/searches/other')
          return { body: search('other', 'ERROR', { query_string: 'else' }) };
        if (method === 'GET' && path === '/api/ariel/searches/failed')
          return { body: search('failed', 'ERROR', { query_string: AQL }) };
        return undefined;
      }),
    );
    expect((await qradar.ariel.searchAll(AQL)).rows).toHaveLength(12);
    expect(console.seen('DELETE', '/api/ariel/searches/failed')).toHaveLength(1);
    expect(console.seen('DELETE', '/api/ariel/searches/other')).toHaveLength(0);
  });

  it('creates another one when none is found, also after Ariel was offline (503, code 1010)', async () => {
    const answers: Answer[] = [failure(503, 1010, 'x', 'Ariel is offline.'), { cut: 'before' }];
    const { qradar, console } = await connect(
      ariel(['COMPLETED'], ({ method, path }) => {
        if (path !== '/api/ariel/searches') return undefined;
        return method === 'POST' ? answers.shift() : { body: [] };
      }),
    );
    expect((await qradar.ariel.searchAll(AQL)).rows).toHaveLength(12);
    expect(console.seen('POST', '/api/ariel/searches')).toHaveLength(3);
    expect(console.seen('GET', '/api/ariel/searches')).toHaveLength(2);
  });

  it('shares the search that the console gives for the same text, and deletes it once', async () => {
    const { qradar, console } = await connect(ariel(['EXECUTE', 'EXECUTE', 'EXECUTE', 'EXECUTE', 'COMPLETED']));
    const [a, b] = await Promise.all([qradar.ariel.searchAll(AQL), qradar.ariel.searchAll(AQL)]);
    expect([a.rows.length, b.rows.length]).toEqual([12, 12]);
    expect([a.summary.reused, b.summary.reused].sort()).toEqual([false, true]);
    expect(console.seen('DELETE', '/api/ariel/searches/s1')).toHaveLength(1);
  });

  it('replaces a remembered search that was cancelled or failed', async () => {
    const { qradar, console } = await connect(ariel(['CANCELED', 'EXECUTE', 'COMPLETED']));
    expect((await qradar.ariel.searchAll(AQL)).rows).toHaveLength(12);
    expect(console.seen('POST', '/api/ariel/searches')).toHaveLength(2);
    expect(console.seen('DELETE', '/api/ariel/searches/s1')).toHaveLength(2);
  });
});

describe('many searches', () => {
  it('run few at a time', async () => {
    let running = 0;
    let most = 0;
    let next = 0;
    const { qradar } = await connect(
      async ({ method, path }) => {
        if (method === 'POST') {
          most = Math.max(most, ++running);
          return { status: 201, body: search(`s${++next}`, 'EXECUTE') };
        }
        if (method === 'DELETE') {
          running -= 1;
          return { status: 202, body: search('x', 'COMPLETED') };
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (path.endsWith('/results')) return { body: { events: [{ a: 1 }] } };
        return { body: search(path.split('/').at(-1)!, 'COMPLETED') };
      },
      { parallelSearches: 3 },
    );
    await Promise.all(Array.from({ length: 12 }, (_, i) => qradar.ariel.searchAll(`${AQL} ${i}`)));
    expect(most).toBe(3);
    expect(qradar.budget.report()).toMatchObject({ searches: 12, rows: 12, active: 0, backOffs: 0 });
  });

  it('become fewer while the console queues them', async () => {
    const { qradar } = await connect(ariel(Array(30).fill('WAIT')));
    await qradar.ariel.searchAll(AQL);
    const report = qradar.budget.report();
    expect(report).toMatchObject({ backOffs: 1, parallelNow: 1, parallelAllowed: 3 });
    expect(report.queuedMs).toBeGreaterThan(15_000);
    expect(report.runningMs).toBeLessThan(1000);
  });
});

describe('questions about AQL', () => {
  it('validates without running', async () => {
    const bodies: unknown[] = [
      null,
      { error_messages: [] },
      { error_messages: [{ code: 'x', contexts: [], severity: 'ERROR', message: 'no such column' }] },
    ];
    const { qradar, console } = await connect(() => ({ body: bodies.shift() }));
    expect(await qradar.ariel.validate(AQL)).toEqual([]);
    expect(await qradar.ariel.validate(AQL)).toEqual([]);
    expect(await qradar.ariel.validate(AQL)).toEqual(['no such column']);
    expect(console.seen('POST', '/api/ariel/validators/aql')).toHaveLength(3);
  });

  it('names databases and columns', async () => {
    const { qradar } = await connect(({ path }) =>
      path === '/api/ariel/databases'
        ? { body: ['events', 'flows'] }
        : { body: { columns: [{ name: 'username', argument_type: 'TEXT', nullable: true }, { name: 'Logon Type' }] } },
    );
    expect(await qradar.ariel.databases()).toEqual(['events', 'flows']);
    expect(await qradar.ariel.columns('events')).toEqual(['username', 'Logon Type']);
  });
});
