import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { QRadarError } from '../../src/qradar/errors.ts';
import { createRequester, type RequesterOptions } from '../../src/qradar/requester.ts';
import { createTransport } from '../../src/qradar/transport.ts';
import { errorOf, failure, type Handler, ranged, startConsole, TLS, TOKEN, virtualTime } from '../qradar-console.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function open(handler: Handler, more: Partial<RequesterOptions> = {}) {
  const console = await startConsole(handler);
  const transport = createTransport({ url: console.url, ca: TLS.ca });
  const timing = virtualTime();
  closers.push(console.close, transport.close);
  const token = { reveal: () => TOKEN };
  return { console, timing, requester: createRequester({ transport, token, timing, version: '26.0', ...more }) };
}

const Anything = z.unknown();

describe('certificates', () => {
  const trial = async (ca: string | undefined, certificate: 'server' | 'other' = 'server') => {
    const console = await startConsole(() => ({ body: [] }), certificate);
    const transport = createTransport({ url: console.url, ca });
    closers.push(console.close, transport.close);
    const requester = createRequester({ transport, token: { reveal: () => TOKEN }, timing: virtualTime() });
    const outcome = await errorOf(requester.call({ path: '/x' }, Anything));
    return { outcome, requests: console.requests.length };
  };

  it('of the given authority are accepted', async () => {
    expect(await trial(TLS.ca)).toEqual({ outcome: undefined, requests: 1 });
  });

  it.each([
    ['of an unknown authority', undefined, 'server'],
    ['of another authority than the given', TLS.stranger, 'server'],
    ['of another host', TLS.ca, 'other'],
  ] as const)('%s are refused before anything is sent', async (_, ca, certificate) => {
    const { outcome, requests } = await trial(ca, certificate);
    expect(outcome).toMatchObject({
      code: 'QRADAR_CERTIFICATE',
      layer: 'transport',
      outcome: 'none',
      retryable: false,
    });
    expect(requests).toBe(0);
  });

  it('are verified also when the environment turns verification off for everybody', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    closers.push(() => delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
    expect((await trial(undefined)).outcome).toMatchObject({ code: 'QRADAR_CERTIFICATE' });
  });

  it('take https only', () => {
    expect(() => createTransport({ url: 'http://console' })).toThrow('https');
  });
});

describe('requests', () => {
  it('carry token, version, type and range in headers, parameters in the query', async () => {
    const { console, requester } = await open((request) => ranged(request, [1, 2, 3]));
    const request = { path: '/siem/offenses', query: { filter: 'id>1 and x="a+b"', sort: '+id', none: undefined } };
    expect(await requester.list(request, z.number())).toEqual([1, 2, 3]);
    const [seen] = console.requests;
    expect(seen!.headers).toMatchObject({
      sec: TOKEN,
      version: '26.0',
      accept: 'application/json',
      range: 'items=0-499',
    });
    expect(Object.fromEntries(seen!.query)).toEqual({ filter: 'id>1 and x="a+b"', sort: '+id' });
  });

  it('send form and JSON bodies with their type', async () => {
    const { console, requester } = await open(() => ({ status: 201, body: {} }));
    await requester.call({ method: 'POST', path: '/a', form: { query_expression: "SELECT 'ä' & b" } }, Anything);
    await requester.call({ method: 'PATCH', path: '/b', json: [{ value: 'ö' }] }, Anything);
    expect(console.requests[0]!.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(new URLSearchParams(console.requests[0]!.body).get('query_expression')).toBe("SELECT 'ä' & b");
    expect(console.requests[1]!.headers['content-type']).toBe('application/json');
    expect(console.requests[1]!.body).toBe('[{"value":"ö"}]');
  });

  it('send no version to plugins, which are not below /api', async () => {
    const { console, requester } = await open(() => ({ body: {} }));
    await requester.call({ root: '', path: '/console/plugins/1/app_proxy/api/x' }, Anything);
    expect(console.requests[0]!.path).toBe('/console/plugins/1/app_proxy/api/x');
    expect(console.requests[0]!.headers).not.toHaveProperty('version');
  });

  it('tell of each deprecated call once', async () => {
    const warnings: string[] = [];
    const { requester } = await open(() => ({ headers: { Deprecated: 'This endpoint goes away' }, body: {} }), {
      onDeprecated: (call, warning) => warnings.push(`${call}: ${warning}`),
    });
    for (const id of [1, 2]) await requester.call({ path: `/things/${id}` }, Anything);
    expect(warnings).toEqual(['GET /things/{id}: This endpoint goes away']);
  });

  it('that must not be repeated go on a connection of their own', async () => {
    const { console, requester } = await open(() => ({ body: {} }));
    await requester.call({ path: '/a' }, Anything);
    await requester.call({ method: 'POST', path: '/b' }, Anything);
    expect(console.requests.map(({ headers }) => headers.connection)).toEqual(['keep-alive', 'close']);
  });

  it('do not follow a redirect, which would carry the token elsewhere', async () => {
    const { console, requester } = await open(() => ({ status: 302, headers: { Location: '/console/logon.jsp' } }));
    expect(await errorOf(requester.call({ path: '/x' }, Anything))).toMatchObject({
      code: 'QRADAR_REPLY_INVALID',
      status: 302,
    });
    expect(console.requests).toHaveLength(1);
  });
});

describe('errors', () => {
  it.each([
    [401, 18, 'No SEC header present in request.', '', 'QRADAR_UNAUTHORIZED', 'framework', 1],
    [
      403,
      26,
      'User has insufficient capabilities to access this endpoint resource',
      '',
      'QRADAR_FORBIDDEN',
      'framework',
      1,
    ],
    [403, 1009, 'x', 'No capability.', 'QRADAR_FORBIDDEN', 'endpoint', 1],
    [404, 1002, 'Offense not found for offense_id: 32', 'No offense.', 'QRADAR_NOT_FOUND', 'endpoint', 1],
    [409, 1008, 'x', 'Wrong state.', 'QRADAR_CONFLICT', 'endpoint', 1],
    [400, 1001, 'x', 'JSON does not parse.', 'QRADAR_REJECTED', 'endpoint', 1],
    [406, 1, 'x', '', 'QRADAR_REJECTED', 'framework', 1],
    [415, 1, 'x', '', 'QRADAR_REJECTED', 'framework', 1],
    [422, 8, 'Missing required parameter "note_text" from query parameters', '', 'QRADAR_REJECTED', 'framework', 1],
    [422, 36, 'Failed to parse Range header.', '', 'QRADAR_REJECTED', 'framework', 1],
    [422, 1010, 'The filter parameter is not valid.', 'Bad filter.', 'QRADAR_REJECTED', 'endpoint', 1],
    [
      422,
      3,
      'Version (3.0) from header parameter (Version) has been removed and is no longer valid.',
      '',
      'QRADAR_VERSION',
      'framework',
      1,
    ],
    [
      422,
      3,
      'Version (322.0123) from header parameter (Version) is not a valid version.',
      '',
      'QRADAR_VERSION',
      'framework',
      1,
    ],
    [429, 0, 'slow down', '', 'QRADAR_BUSY', 'framework', 5],
    [500, 1020, 'x', 'Internal.', 'QRADAR_FAILED', 'endpoint', 5],
    [502, 0, 'x', '', 'QRADAR_FAILED', 'framework', 5],
    [503, 1010, 'x', 'Ariel is not available.', 'QRADAR_BUSY', 'endpoint', 5],
  ] as const)('%i code %i is %s %s %s', async (status, code, message, description, expected, layer, requests) => {
    const { console, requester } = await open(() => failure(status, code, message, description, { a: 1 }));
    const error = await errorOf(requester.call({ path: '/x' }, Anything));
    expect(error).toMatchObject({
      code: expected,
      layer,
      status,
      uniqueCode: code,
      outcome: 'answered',
      details: { a: 1 },
    });
    expect((error as QRadarError).message).toContain(message);
    expect(console.requests).toHaveLength(requests);
  });

  it('reads "still running" only of results, and bad AQL only of Ariel', async () => {
    const { requester } = await open((request) =>
      request.path.endsWith('/results') || request.path.includes('/notes/')
        ? failure(404, 1003, 'x', 'y')
        : failure(422, 2000, 'x', 'y', { line_number: 1 }),
    );
    const code = async (path: string) => errorOf(requester.call({ path }, Anything));
    expect(await code('/ariel/searches/s1/results')).toMatchObject({ code: 'QRADAR_NOT_READY' });
    expect(await code('/siem/offenses/1/notes/2')).toMatchObject({ code: 'QRADAR_NOT_FOUND' });
    expect(await code('/ariel/processors/aql_metadata')).toMatchObject({ code: 'QRADAR_AQL_REJECTED' });
    expect(await code('/elsewhere')).toMatchObject({ code: 'QRADAR_REJECTED' });
  });

  it('tells the page of a proxy from an answer of QRadar', async () => {
    const { requester } = await open(() => ({ status: 502, body: '<html>Bad gateway</html>' }));
    expect(await errorOf(requester.call({ path: '/x' }, Anything))).toMatchObject({
      code: 'QRADAR_FAILED',
      layer: 'gateway',
    });
  });

  it('refuses a reply that is not JSON, not in form, or too long', async () => {
    const bodies: unknown[] = ['<html>logon</html>', { id: 'x' }, [1, 'x'.repeat(5000)]];
    const { requester } = await open(() => ({ body: bodies.shift() }));
    const call = () => errorOf(requester.call({ path: '/x', maxBytes: 4096 }, z.object({ id: z.number() })));
    expect(await call()).toMatchObject({ code: 'QRADAR_REPLY_INVALID', tooLarge: false });
    expect(((await call()) as Error).message).toContain('id:');
    expect(await call()).toMatchObject({ code: 'QRADAR_REPLY_INVALID', tooLarge: true });
  });

  it('never holds the token', async () => {
    const { requester } = await open(() => failure(401, 18, 'no'));
    const error = (await errorOf(requester.call({ path: '/x' }, Anything))) as Error;
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain(TOKEN);
  });
});

describe('repeating', () => {
  it('waits longer each time, with jitter', async () => {
    const { requester, timing } = await open(() => failure(503, 1010, 'x', 'y'));
    await errorOf(requester.call({ path: '/x' }, Anything));
    expect(timing.waits).toEqual([275, 550, 1100, 2200]);
  });

  it('waits at least as long as Retry-After says, in seconds or as a date, and no longer than is sensible', async () => {
    const answers = ['7', 'Wed, 21 Jan 2099 07:28:00 GMT'];
    const { requester, timing, console } = await open(() => ({
      ...failure(429, 0, 'x'),
      headers: { 'Retry-After': answers.shift()! },
    }));
    const error = await errorOf(requester.call({ path: '/x' }, Anything));
    expect(timing.waits).toEqual([7275]);
    expect((error as QRadarError).retryAfterMs).toBeGreaterThan(300_000);
    expect(console.requests).toHaveLength(2);
  });

  it.each(['before', 'within'] as const)('a GET whose connection is cut %s the reply', async (cut) => {
    const answers = [{ cut, body: 'x'.repeat(100) }, { body: [5] }];
    const { requester, console } = await open(() => answers.shift());
    expect((await requester.call({ path: '/x' }, Anything)).body).toEqual([5]);
    expect(console.requests).toHaveLength(2);
  });

  it.each([
    ['cut', { cut: 'before' as const }],
    ['503', failure(503, 1010, 'x', 'y')],
    ['500', failure(500, 1020, 'x', 'y')],
  ])('never a POST that may have had its effect: %s', async (_, answer) => {
    const { requester, console } = await open(() => answer);
    const error = await errorOf(requester.call({ method: 'POST', path: '/x' }, Anything));
    expect(error).toBeInstanceOf(QRadarError);
    expect((error as QRadarError).retryable).toBe(true);
    expect(console.requests).toHaveLength(1);
  });

  it('a POST that was turned away by a rate limit, or never left', async () => {
    const answers = [failure(429, 0, 'x'), { status: 201, body: 1 }];
    const { requester } = await open(() => answers.shift());
    expect((await requester.call({ method: 'POST', path: '/x' }, Anything)).body).toBe(1);

    const transport = createTransport({ url: 'https://127.0.0.1:9' });
    closers.push(transport.close);
    const timing = virtualTime();
    const dead = createRequester({ transport, token: { reveal: () => TOKEN }, timing });
    const error = await errorOf(dead.call({ method: 'POST', path: '/x' }, Anything));
    expect(error).toMatchObject({ code: 'QRADAR_UNREACHABLE', outcome: 'none' });
    expect(timing.waits).toHaveLength(4);
  });

  it('ends a request that takes too long, without knowing what it did', async () => {
    const { requester } = await open(() => ({ cut: 'never' }), { timeoutMs: 150 });
    expect(await errorOf(requester.call({ method: 'POST', path: '/x' }, Anything))).toMatchObject({
      code: 'QRADAR_UNREACHABLE',
      outcome: 'unknown',
    });
  });

  it('stops at once when told to', async () => {
    const stop = new AbortController();
    const { requester } = await open(() => {
      setTimeout(() => stop.abort(new Error('stopped by test')), 20);
      return { cut: 'never' };
    });
    const error = await errorOf(requester.call({ path: '/x', signal: stop.signal }, Anything));
    expect(error).toBe(stop.signal.reason);
  });
});

describe('paging', () => {
  const numbers = Array.from({ length: 25 }, (_, i) => i);
  const readAll = async (handler: Handler) => {
    const { requester, console } = await open(handler);
    const items = await requester.list({ path: '/x' }, z.number(), { pageSize: 10 });
    return { items, ranges: console.requests.map(({ headers }) => headers.range) };
  };

  it('asks for pages by Range until the total is reached', async () => {
    const { items, ranges } = await readAll((request) => ranged(request, numbers));
    expect(items).toEqual(numbers);
    expect(ranges).toEqual(['items=0-9', 'items=10-19', 'items=20-29']);
  });

  it('accepts 206 as well', async () => {
    expect((await readAll((request) => ranged(request, numbers, 206))).items).toEqual(numbers);
  });

  it('goes on by what came when a page is shorter than asked for', async () => {
    const { items, ranges } = await readAll((request) => {
      const from = Number(/\d+/.exec(request.headers.range!)![0]);
      return { headers: { 'Content-Range': `items ${from}-x/25` }, body: numbers.slice(from, from + 4) };
    });
    // The header cannot be read: a short page is the last one.
    expect(items).toEqual([0, 1, 2, 3]);
    expect(ranges).toHaveLength(1);
    const short = await readAll((request) => {
      const from = Number(/\d+/.exec(request.headers.range!)![0]);
      return { headers: { 'Content-Range': `items ${from}-${from + 3}/25` }, body: numbers.slice(from, from + 4) };
    });
    expect(short.items).toEqual(numbers);
  });

  it('manages without a total', async () => {
    const { items, ranges } = await readAll((request) => ({
      ...ranged(request, numbers.slice(0, 20)),
      headers: { 'Content-Range': 'items 0-9/*' },
    }));
    expect(items).toHaveLength(20);
    expect(ranges).toHaveLength(3);
  });

  it('takes an empty list and a server that ignores Range', async () => {
    expect((await readAll(() => ({ headers: { 'Content-Range': 'items 0--1/0' }, body: [] }))).ranges).toHaveLength(1);
    const { items, ranges } = await readAll(() => ({ body: numbers }));
    expect(items).toEqual(numbers);
    expect(ranges).toHaveLength(1);
  });

  it('says so when a list is longer than allowed, and never cuts it in silence', async () => {
    const { requester } = await open((request) => ranged(request, numbers));
    expect(await errorOf(requester.list({ path: '/x' }, z.number(), { pageSize: 10, maxItems: 15 }))).toMatchObject({
      code: 'QRADAR_REPLY_INVALID',
    });
  });
});
