import { type ChildProcess, execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchSimulator, type Ready } from '../simulator-program.ts';

/** Scripts that behave like other people's clients, against the simulator as a program. They need Python 3 and nothing else. */
const hasPython = spawnSync('python3', ['-c', 'import ssl, urllib.request'], { stdio: 'ignore' }).status === 0;
if (!hasPython) process.stderr.write('other clients are NOT tested: there is no python3 on this machine\n');

const FOLDER = join(import.meta.dirname, 'clients');
const data = mkdtempSync(join(tmpdir(), 'simulator-clients-'));
let child: ChildProcess;
let console: Ready;

function run(script: string, token: 'admin' | 'sidecar', ...args: string[]): Promise<unknown[][]> {
  const env = {
    ...process.env,
    CONSOLE_URL: console.url,
    CONSOLE_CA: console.caFile,
    CONSOLE_TOKEN: console.tokens[token],
  };
  return new Promise((resolve, reject) => {
    execFile(
      'python3',
      ['-B', join(FOLDER, script), ...args],
      { env, cwd: FOLDER, timeout: 30_000 },
      (error, out, err) => {
        if (error) reject(new Error(`${script}: ${err.slice(-2000)}\n${out.slice(-500)}`));
        else
          resolve(
            out
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line)),
          );
      },
    );
  });
}

/** Ten failed logons: events to search for, and an offense of the eighth. */
async function sendLogons(user: string): Promise<void> {
  const event = `<134>1 ${new Date().toISOString()} dc01 Windows - - - LEEF:2.0|Microsoft|Windows Security|10.0|4625|x09|cat=authentication\tusrName=${user}\tsrc=10.1.2.3\tdst=10.0.0.1\toutcome=failure`;
  await new Promise<void>((resolve, reject) => {
    const socket = createConnection(console.syslog.tcp, '127.0.0.1');
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.end(`${Array(10).fill(event).join('\n')}\n`);
  });
}

describe.skipIf(!hasPython)('clients of other people', () => {
  beforeAll(async () => {
    const program = launchSimulator('--data', data);
    child = program.child;
    console = await program.ready;
    await sendLogons('clientuser');
    await sendLogons('second');
    await new Promise((resolve) => setTimeout(resolve, 300));
  });
  afterAll(() => {
    child.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });

  it.each(['10.1', '14.0', '26.0'])('SOAR connector, version %s', async (version) => {
    expect(await run('soar_connector.py', 'sidecar', version)).toEqual([
      ['fetched', 2, true],
      ['nothing new', []],
      ['mirrored', true],
      ['type', ['Username']],
      ['rules', ['Multiple Login Failures for the Same User']],
      ['domain', ['']],
      ['addresses', ['10.1.2.3']],
      ['assets', []],
      [
        'events',
        'COMPLETED',
        true,
        'clientuser',
        'Failure Audit: An account failed to log on',
        ['Multiple Login Failures for the Same User'],
        '00:00:00:00:00:00',
        true,
      ],
      ['searches', true],
      ['note', 'from a playbook: 100 % + more', 'API_user: sidecar'],
      ['notes', true],
      ['wrong assignee', '[422] assigned_to value griklin is not a valid user.'],
      ['set', '0 years 0mons 30 days 0 hours 0mins 0.0 secs'],
      ['indicators', 2],
      ['values', ['1.1.1.1', '2.2.2.2', '3.3.3.3']],
      ['removed', 2],
      ['deletion', 'QUEUED'],
      ['log sources', true, ['last_updated', 'messages', 'status']],
      [
        'geolocations',
        [
          { ip_address: '10.1.2.3', is_local: true },
          { ip_address: '8.8.8.8', is_local: false },
        ],
      ],
      ['properties', 3],
      ['saved searches', ['Top Usernames']],
      ['bad range', '[422] Failed to parse Range argument'],
      ['bad filter', '[422] The filter parameter is not valid.'],
      ['unknown', '[404] No offense was found for the provided offense_id.'],
      ['unknown search', '[404] Query nothing does not exist'],
      ['bad query', '[422] Expected MINUTES, HOURS or DAYS but found "DAY" at line 1, column 35'],
      ['both', '[422] Exactly one parameter is required.'],
      ['not permitted', '[403] the credentials do not have the needed permissions'],
      ['credentials', '[401] make sure credentials are correct'],
    ]);
  });

  it('connector that translates STIX', async () => {
    expect(await run('stix_connector.py', 'sidecar')).toEqual([
      ['ping', 200],
      ['databases', ['events', 'flows']],
      ["(sourceip = '10.1.2.3' OR destinationip = '10.1.2.3' OR identityip = '10.1.2.3')", 200, 20],
      ["str(sourceip) LIKE '10.1.%' AND username = 'clientuser'", 200, 10],
      ["INCIDR('10.0.0.0/8',sourceip) AND NOT (username = 'x')", 200, 20],
      ["str(sourceip) IN ('10.1.2.3', '10.9.9.9')", 200, 20],
      // One more is the sense event of the UBA imitation.
      ["username ILIKE 'CLIENT%' AND (sourceport > '0' OR sourceport = '0')", 200, 11],
      ["TEXT SEARCH 'clientuser AND 4625' ", 200, 10],
      ["TEXT SEARCH 'nowhere OR clientuser' ", 200, 11],
      ["(destinationport = '1' OR URL = 'http://example.com')", 200, 0],
      ['devicetype = 18', 200, 0],
      ["nothing = '1'", 2000, expect.stringContaining("Field 'nothing' does not exist in catalog 'events' at line 1")],
      ["username MATCHES '^client[a-z]+$'", 200, 11],
      ['event', 'clientuser', '10.1.2.3', 'Reserved', '4625', null],
      ['missing', 1002],
      ['busy', 'Query none does not exist'],
      ['method', 405],
    ]);
  });

  it('library for apps', async () => {
    expect(await run('app_library.py', 'sidecar')).toEqual([
      ['count', 5, 5, 2],
      ['error', 'Unexpected "FROM" at line 1, column 7'],
      ['cancelled', 200, true],
      ['deleted', 202],
      ['gone', true],
      ['me', ['sidecar']],
      ['apps', 200],
    ]);
  });

  it('sample scripts', async () => {
    const said = await run('sample_scripts.py', 'admin');
    expect(said).toEqual([
      ['basic', 200, true],
      ...['users', 'ips', 'keywords', 'ports', 'access'].map((name) => ['create', 201, `samples_${name}`]),
      ...[1, 2].map(() => ['add', 200]),
      ['again', 'The name samples_ips is already in use'],
      ['filled', ['samples_keywords', 'samples_users']],
      ['paged', true, true],
      ['bulk', 200, 4],
      ['missing', 404, 1002, 404],
      ['wrong name', 422, 'Missing required parameter "name" from query parameters'],
      ['deprecated', true],
      ['removed', 422, true],
      ['not acceptable', 406],
      ...Array(5).fill(['clean', 202]),
      ['table', 201],
      ...Array(4).fill(['cell', 200]),
      ['row', '6.3.9.12  ', '443 '],
      ['revoke', 200],
      ['times', true, true],
      ['logins', { '3.4.5.6': 2, '2.1.4.7': 1 }],
      ['purge', 202, 'QUEUED'],
      ['clean', 202, 202],
      ['databases', ['events', 'flows']],
      ['faulty', 422, 2000, 'foobar'],
      ['search', 201, 'WAIT'],
      ['json', 'COMPLETED', 11, ['sourceIP', 'username']],
      ['csv', 200, 'application/csv', 'sourceIP,username'],
      ['saved', 200, true],
      ['delete', 202],
      ['offense', 200, 3, 'second'],
      ['hide', { status: 'HIDDEN' }],
      ['show', { status: 'OPEN' }],
      ['note', 201, 'Looked at: 50 % done & "more" to do'],
      ['notes', ['API_user: admin']],
      ['sources', ['10.1.2.3']],
      ['assign', 422, 'assigned_to value nobody is not a valid user.'],
      ['reason', 201, 'Closed by a sample'],
      ['no reason', 'closing_reason_id must be provided when closing an offense.'],
      ['close', 'CLOSED'],
      ['close again', 409],
      ['types', ['Source IP', 'Username']],
      ['property', 201],
      ['expression', 201, 200, String.raw`, ACTIVE: (\d+),`],
      ['listed', 1],
      ['gone', 204],
      ['renamed', 'new'],
      ['dependents', 202, 'COMPLETED'],
      ['deletion', 202, 'COMPLETED'],
      ['qid', 200, 'renamed', 8],
      ['mapping', 201, 200, true],
      ['domain', 201, 'New Description'],
      ['deleted', 200, 404],
      ['tenant', 201, 'Tenant new', 200],
      ['server', 200, 200],
      ['assets', 'All assets', 200],
      ['log out', 200],
    ]);
  });
});
