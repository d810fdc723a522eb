import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal, startTestConsole, type TestConsole } from '../simulator-client.ts';

let console: TestConsole;
beforeAll(async () => {
  console = await startTestConsole();
});
afterAll(() => console.close());

const basic = (name: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

describe('transport and credentials', () => {
  it('is not trusted without its authority', async () => {
    const failure = await new Promise<NodeJS.ErrnoException>((resolve) => {
      request(`${console.simulator.url}/api/system/about`, resolve as never)
        .on('error', resolve)
        .end();
    });
    expect(failure.code).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN/);
  });

  it("answers 401/18 in QRadar's form without, or with unknown, credentials", async () => {
    const none = await console.ask('GET', '/system/about', { token: undefined });
    expect(refusal(none)).toEqual([401, 18]);
    expect(none.json).toEqual({
      message: expect.stringContaining('No SEC header present in request.'),
      details: {},
      description: '',
      code: 18,
      http_response: { message: 'You are unauthorized to access the requested resource.', code: 401 },
    });
    expect(refusal(await console.ask('GET', '/system/about', { token: 'nobody' }))).toEqual([401, 18]);
    const wrong = { token: undefined, headers: basic('admin', 'secret') };
    expect(refusal(await console.ask('GET', '/system/about', wrong))).toEqual([401, 18]);
  });

  it('takes a token, or a user by Basic credentials', async () => {
    const { tokens } = console.simulator;
    for (const token of Object.values(tokens))
      expect((await console.ask('GET', '/system/about', { token })).status).toBe(200);
    const user = { token: undefined, headers: basic('admin', tokens.admin) };
    expect((await console.ask('GET', '/system/about', user)).json.external_version).toBe('7.5.0');
  });

  it('answers 403/26 without the capability', async () => {
    const refused = await console.ask('GET', '/system/servers', { token: console.simulator.tokens.sidecar });
    expect(refusal(refused)).toEqual([403, 26]);
    expect(refused.json.http_response.message).toBe('Your account is not authorized to access the requested resource');
  });

  it('answers paths and methods it does not know', async () => {
    expect((await console.ask('GET', '/siem/nothing')).status).toBe(404);
    expect((await console.ask('GET', '/about', { root: '' })).status).toBe(404);
    const wrong = await console.ask('DELETE', '/system/about');
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET']);
  });
});

describe('versions', () => {
  const version = (text: string) => console.ask('GET', '/system/about', { headers: { Version: text } });

  it('serves old versions and says that they are deprecated', async () => {
    const old = await version('6.0');
    expect([old.status, old.headers.deprecated]).toEqual([200, expect.stringContaining('deprecated')]);
    const current = await version('26.0');
    expect([current.status, current.headers.deprecated]).toEqual([200, undefined]);
    expect((await console.ask('GET', '/system/about')).headers.deprecated).toBeUndefined();
  });

  it("refuses removed and invalid versions in QRadar's words", async () => {
    expect((await version('3.0')).json.message).toBe(
      'Version (3.0) from header parameter (Version) has been removed and is no longer valid. Please refer to documentation for list of valid versions.',
    );
    const invalid = await version('322.0123');
    expect(invalid.status).toBe(422);
    expect(invalid.json.message).toContain(
      'Version (322.0123) from header parameter (Version) is not a valid version.',
    );
  });

  it('lists the ladder', async () => {
    const { json } = await console.ask('GET', '/help/versions', { query: { filter: 'removed=false', sort: '-id' } });
    expect(json[0]).toEqual({
      id: expect.any(Number),
      version: '26.0',
      deprecated: false,
      removed: false,
      root_resource_ids: expect.arrayContaining([1]),
    });
    expect(json.find((one: { version: string }) => one.version === '22.0').deprecated).toBe(true);
    const removed = await console.ask('GET', '/help/versions', { query: { filter: 'version = "3.0"' } });
    expect(removed.json[0].removed).toBe(true);
  });

  it('speaks no newer version than it was started with', async () => {
    const older = await startTestConsole({ apiVersion: '20.0' });
    expect((await older.ask('GET', '/system/about', { headers: { Version: '26.0' } })).status).toBe(422);
    expect((await older.ask('GET', '/help/versions', { query: { sort: '-id' } })).json[0].version).toBe('20.0');
    await older.close();
  });
});

describe('media types', () => {
  it('answers 406 for a type it does not produce, naming those it does', async () => {
    const refused = await console.ask('GET', '/system/about', { headers: { Accept: 'text/html' } });
    expect(refused.status).toBe(406);
    expect(refused.json.message).toContain('application/json');
  });

  it('goes by the last of repeated headers', async () => {
    const both = await console.ask('GET', '/system/about', { headers: { Accept: ['text/html', 'application/json'] } });
    expect(both.status).toBe(200);
  });
});

describe('Range', () => {
  const page = (range: string, filter = 'id >= 0') =>
    console.ask('GET', '/help/versions', { headers: { range }, query: { filter, sort: '+id' } });

  it('answers 200 with the part asked for and the total', async () => {
    const all = (await console.ask('GET', '/help/versions')).json.length as number;
    const first = await page('items=0-4');
    expect([first.status, first.json.length, first.headers['content-range']]).toEqual([200, 5, `items 0-4/${all}`]);
    const last = await page(`items=${all - 2}-${all + 50}`);
    expect(last.headers['content-range']).toBe(`items ${all - 2}-${all - 1}/${all}`);
    expect(last.json.length).toBe(2);
  });

  it('writes an empty list as items 0--1/0', async () => {
    const none = await page('items=0-49', 'id = 9999');
    expect([none.json, none.headers['content-range']]).toEqual([[], 'items 0--1/0']);
  });

  it.each(['items=a-b', 'items=0', '0-49', 'items=0-49,60-70', ''])('refuses "%s" with 422/36', async (range) => {
    expect(refusal(await page(range))).toEqual([422, 36]);
  });

  it('refuses a negative span in its own words', async () => {
    const refused = await page('items=3-0');
    expect([refused.status, refused.json.message]).toEqual([
      422,
      'Range of pages specified in "Range" header is negative. Non-negative page range must be specified.',
    ]);
  });
});

describe('fields', () => {
  it('keeps the named fields, also inside objects', async () => {
    const { json } = await console.ask('GET', '/help/endpoints', {
      query: { fields: 'path,http_method,error_responses(unique_code)', filter: 'path="/help/versions/{version_id}"' },
    });
    expect(json).toEqual([
      { path: '/help/versions/{version_id}', http_method: 'GET', error_responses: [{ unique_code: 1002 }] },
    ]);
  });

  it.each(['nothing', 'id,nothing', 'id(version)', 'id,', '(id)', 'id)'])(
    'refuses "%s" with 422/30',
    async (fields) => {
      expect(refusal(await console.ask('GET', '/help/versions', { query: { fields } }))).toEqual([422, 30]);
    },
  );

  it('says which field', async () => {
    const refused = await console.ask('GET', '/help/versions', { query: { fields: 'x' } });
    expect(refused.json.message).toBe(
      'Specified field "x" is not recognized by this endpoint for media type "application/json"',
    );
  });
});

describe('parameters', () => {
  it('answers 422/11 for a value of the wrong type', async () => {
    const refused = await console.ask('GET', '/help/versions/abc');
    expect([...refusal(refused), refused.json.message]).toEqual([
      422,
      11,
      'Failed to transform user path parameter "version_id" with a content type of "TEXT_PLAIN"',
    ]);
  });

  it('gives the documented description when the endpoint refuses', async () => {
    const refused = await console.ask('GET', '/help/versions/999');
    expect([...refusal(refused), refused.json.description]).toEqual([
      404,
      1002,
      'The requested resource does not exist.',
    ]);
  });
});

describe('self-description', () => {
  it('says what the token may do', async () => {
    const mine = async (token: string) =>
      (await console.ask('GET', '/help/endpoints', { token, query: { fields: 'path,caller_has_access' } })).json.find(
        (one: { path: string }) => one.path === '/system/servers',
      ).caller_has_access;
    expect(await mine(console.simulator.tokens.admin)).toBe(true);
    expect(await mine(console.simulator.tokens.sidecar)).toBe(false);
  });

  it('keeps its tokens and authority over a restart', async () => {
    const { tokens, caFile } = console.simulator;
    await console.restart();
    expect(console.simulator.tokens).toEqual(tokens);
    expect(console.simulator.caFile).toBe(caFile);
  });
});
