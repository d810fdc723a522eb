import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, it } from 'vitest';
import { openQRadar } from '../../src/adapters.ts';
import { registerQRadar } from '../../src/cli/qradar.ts';
import { RIGHTS } from '../../src/qradar/rights.ts';
import { createTestContext } from '../cli-context.ts';
import { errorOf, failure, type Handler, ranged, startConsole, TLS, TOKEN, VERSIONS } from '../qradar-console.ts';

const NOW = 1_790_000_000_000;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A console that knows every endpoint; `denied` are those the token may not call. */
function consoleOf(denied: readonly string[] = [], more: Handler = () => undefined): Handler {
  const endpoints = RIGHTS.flatMap(({ calls }) => calls).map(([http_method, path]) => ({
    path: path.replace(/\{[^}]*\}/, '{named_otherwise}'),
    http_method,
    version: '19.0',
    deprecated: false,
    caller_has_access: !denied.includes(`${http_method} ${path}`),
  }));
  return (request) => {
    const special = more(request);
    if (special) return special;
    if (request.path === '/api/help/versions') return ranged(request, VERSIONS);
    if (request.path === '/api/help/endpoints') return ranged(request, endpoints);
    if (request.path === '/api/system/about')
      return { body: { external_version: '7.5.0', release_name: '7.5.0 UP12' } };
    if (request.path.endsWith('/authorized_services'))
      return ranged(request, [{ id: 3, label: 'sidecar', expiration_date: NOW + 3 * 86_400_000 }]);
    return request.path.startsWith('/api/config/access/') ? ranged(request, []) : undefined;
  };
}

async function check(handler: Handler, args: string[] = [], settings: { ca?: string; token?: string } = {}) {
  const console = await startConsole(handler);
  const folder = mkdtempSync(join(tmpdir(), 'undercurrent-'));
  closers.push(console.close, () => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'ca.pem'), settings.ca ?? TLS.ca);
  writeFileSync(join(folder, 'u.yaml'), `qradar:\n  url: ${console.url}\n  caFile: ca.pem\n`);
  const env = { UNDERCURRENT_QRADAR_TOKEN: settings.token ?? TOKEN };
  const context = createTestContext({ env, now: () => NOW });
  const program = new Command().exitOverride();
  registerQRadar(openQRadar)(program, context);
  const argv = ['qradar', 'check', '--config', join(folder, 'u.yaml'), ...args];
  const error = await errorOf(program.parseAsync(argv, { from: 'user' }));
  return { error, printed: context.printed(), console };
}

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('qradar check', () => {
  it('prints who, which version, what is granted', async () => {
    const { error, printed } = await check(consoleOf());
    expect(error).toBeUndefined();
    expect(printed).toContain('QRadar 7.5.0 UP12, API version 26.0');
    expect(printed).toContain('authorized service "sidecar"');
    expect(printed).toContain('warning: the token ends in 3 days');
    expect(printed).toContain('phase assist: all that is needed is granted');
    for (const { name } of RIGHTS) expect(printed).toContain(name);
    expect(printed).not.toContain(TOKEN);
  });

  it('fails when the phase lacks a right, and says what that costs', async () => {
    const { error, printed } = await check(
      consoleOf(['POST /ariel/searches', 'POST /siem/offenses/{offense_id}/notes']),
    );
    expect(error).toMatchObject({ code: 'QRADAR_RIGHTS_MISSING' });
    expect((error as Error).message).toContain('phase assist needs: search events');
    expect((error as Error).message).not.toContain('write notes');
    expect(printed).toMatch(/search events +assist +yes +missing +no activity from QRadar/);
    expect(printed).toContain('not allowed: POST /ariel/searches, POST /siem/offenses/{offense_id}/notes');
  });

  it('minds what a later phase needs only when asked about it', async () => {
    const handler = consoleOf(['POST /siem/offenses/{offense_id}/notes', 'GET /asset_model/assets']);
    expect((await check(handler)).error).toBeUndefined();
    const { error, printed } = await check(handler, ['--phase', 'enrich', '--json']);
    expect(error).toMatchObject({ code: 'QRADAR_RIGHTS_MISSING' });
    expect(lines(printed).at(-1)).toEqual({ type: 'check', phase: 'enrich', ok: false, lacking: ['write notes'] });
  });

  it('prints JSON lines', async () => {
    const { printed } = await check(consoleOf(['GET /asset_model/assets']), ['--json']);
    const [first, ...rest] = lines(printed);
    expect(first).toMatchObject({ type: 'qradar', version: '26.0', caller: { kind: 'service', name: 'sidecar' } });
    expect(rest.find(({ name }) => name === 'read assets')).toMatchObject({
      type: 'right',
      required: false,
      grant: 'missing',
      missing: ['GET /asset_model/assets'],
    });
    expect(rest).toHaveLength(RIGHTS.length + 1);
  });

  it('either interface of reference sets is enough', async () => {
    const one = ['GET /reference_data/sets/{name}'];
    expect((await check(consoleOf(one))).error).toBeUndefined();
    const both = [...one, 'GET /reference_data_collections/set_entries'];
    expect((await check(consoleOf(both))).error).toMatchObject({ code: 'QRADAR_RIGHTS_MISSING' });
  });

  it('looks at an endpoint as the version in use sees it', async () => {
    const row = (version: string, caller_has_access: boolean) => ({
      path: '/asset_model/assets',
      http_method: 'GET',
      version,
      caller_has_access,
    });
    const { printed } = await check(
      consoleOf([], (request) =>
        request.path === '/api/help/endpoints'
          ? ranged(request, [row('9.0', false), row('26.0', true), row('99.0', false), row('19.0', false)])
          : undefined,
      ),
    );
    expect(printed).toMatch(/read assets +assist +no +granted/);
    expect(printed).toMatch(/read domains +assist +no +not offered/);
  });

  it('does not call unknown granted', async () => {
    const { error, printed } = await check(
      consoleOf([], ({ path }) => (path === '/api/help/endpoints' ? failure(403, 26, 'x') : undefined)),
    );
    expect(error).toMatchObject({ code: 'QRADAR_RIGHTS_MISSING' });
    expect(printed).toMatch(/read offenses +assist +yes +unknown/);
  });

  it('says what is wrong with token, certificate file and configuration', async () => {
    expect((await check(() => failure(401, 18, 'No SEC header'))).error).toMatchObject({ code: 'QRADAR_UNAUTHORIZED' });
    expect((await check(consoleOf(), [], { ca: TLS.stranger })).error).toMatchObject({ code: 'QRADAR_CERTIFICATE' });
    expect((await check(consoleOf(), [], { ca: 'no pem' })).error).toMatchObject({ code: 'INPUT_INVALID' });
    expect((await check(consoleOf(), [], { token: '' })).error).toMatchObject({ code: 'QRADAR_NOT_CONFIGURED' });
  });
});
