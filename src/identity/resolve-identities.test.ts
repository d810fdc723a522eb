import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankDirectoryRecord, type DirectoryRecord } from '../domain/ingest.ts';
import type { AccountSighting, AliasRow } from '../domain/people.ts';
import { createRandom } from '../numeric/random.ts';
import { type IdentityInput, resolveIdentities } from './resolve-identities.ts';

const pseudonym = (text: string) => createHmac('sha256', 'test key').update(text).digest('hex').slice(0, 16);

const seen = (account: string, activities = 1, sid = '', domain = ''): AccountSighting => ({
  domain,
  account,
  sid,
  activities,
});

const listed = (account: string, fields: Partial<DirectoryRecord> = {}): DirectoryRecord => ({
  ...blankDirectoryRecord(account, '2026-01-01'),
  ...fields,
});

const resolve = (sightings: AccountSighting[], more: Partial<IdentityInput> = {}) =>
  resolveIdentities({
    sightings,
    directory: [],
    aliases: [],
    servicePatterns: [],
    defaultZone: 'UTC',
    pseudonym,
    ...more,
  });

/** Account text -> key of its person. */
function keysOf(result: ReturnType<typeof resolve>): Record<string, string> {
  const keyById = new Map(result.people.map((person) => [person.id, person.key]));
  return Object.fromEntries(result.links.map((link) => [link.account, keyById.get(link.person)!]));
}

const linkOf = (result: ReturnType<typeof resolve>, account: string) =>
  result.links.find((link) => link.account === account)!;

const SID = 'S-1-5-21-4228717743-1032521047-1810997296-1104';

describe('one account written in many ways', () => {
  it('joins NetBIOS, DNS, UPN, bare and SID forms', () => {
    const result = resolve([
      seen('THESHIRE\\pgustavo', 497, SID),
      seen('THESHIRE.LOCAL\\pgustavo', 18),
      seen('theshire.local\\pgustavo', 3),
      seen('pgustavo@THESHIRE.LOCAL', 8),
      seen('THESHIRE\\pgustavo@THESHIRE.LOCAL', 1),
      seen('pgustavo', 1),
      seen(SID, 2),
    ]);
    expect(result.people).toEqual([
      {
        id: pseudonym('pgustavo'),
        key: 'pgustavo',
        kind: 'human',
        primaryAccount: 'THESHIRE\\pgustavo',
        attributes: [],
      },
    ]);
    expect(linkOf(result, 'THESHIRE\\pgustavo')).toMatchObject({ confidence: 1, reason: 'the account itself' });
    expect(linkOf(result, 'pgustavo')).toMatchObject({ confidence: 0.9 });
    expect(linkOf(result, SID)).toMatchObject({ confidence: 0.95, reason: 'same security identifier' });
  });

  it('follows a rename by the identifier, but not a shared well-known one', () => {
    const renamed = resolve([seen('CORP\\mjones', 5, SID), seen('CORP\\msmith', 9, SID)]);
    expect(renamed.people).toHaveLength(1);
    expect(renamed.people[0]!.primaryAccount).toBe('CORP\\msmith');
    const system = resolve([seen('CORP\\DC1$', 5, 'S-1-5-18'), seen('CORP\\WS7$', 9, 'S-1-5-18')]);
    expect(system.people).toHaveLength(2);
  });

  it('does not believe an identifier that stands beside many names', () => {
    const names = ['anna', 'bert', 'cleo', 'dora', 'emil', 'fred'];
    expect(resolve(names.map((name) => seen(`CORP\\${name}`, 1, SID))).people).toHaveLength(6);
  });

  it('is not confused by a forged domain of the same first label', () => {
    const result = resolve([
      seen('THESHIRE\\pgustavo', 500),
      seen('pgustavo@theshire.local', 80),
      seen('pgustavo@theshire.evil.example', 2),
    ]);
    expect(keysOf(result)).toEqual({
      'THESHIRE\\pgustavo': 'pgustavo',
      'pgustavo@theshire.local': 'pgustavo',
      'pgustavo@theshire.evil.example': 'pgustavo@theshire.evil.example',
    });
  });
});

describe('directory and aliases', () => {
  const directory = [
    listed('jdoe', { name: 'Jane Doe', email: 'jane.doe@example.com', role: 'Clerk', timeZone: 'Europe/Berlin' }),
    listed('jdoe', {
      fromDay: '2026-02-01',
      name: 'Jane Doe',
      email: 'jane.doe@example.com',
      role: 'Clerk',
      timeZone: 'Europe/Berlin',
    }),
    listed('jdoe', {
      fromDay: '2026-03-01',
      name: 'Jane Doe',
      email: 'jane.doe@example.com',
      role: 'Manager',
      timeZone: 'No/Where',
    }),
    listed('rroe', { email: 'r.roe@example.com', aliases: ['CORP\\roe-test-machine'] }),
  ];

  it('links mail, aliases and other domains, and keeps attributes by change', () => {
    const result = resolve(
      [
        seen('CORP\\jdoe', 3),
        seen('jane.doe@example.com'),
        seen('jdoe@example.com'),
        seen('jd'),
        seen('CORP\\roe-test-machine'),
      ],
      { directory, aliases: [{ account: 'jdoe', alias: 'jd' }], defaultZone: 'Asia/Tokyo' },
    );
    expect(keysOf(result)).toEqual({
      'CORP\\jdoe': 'jdoe',
      'jane.doe@example.com': 'jdoe',
      'jdoe@example.com': 'jdoe',
      jd: 'jdoe',
      'CORP\\roe-test-machine': 'rroe',
    });
    expect(linkOf(result, 'jane.doe@example.com').confidence).toBe(0.95);
    expect(linkOf(result, 'jd')).toMatchObject({ confidence: 1, reason: 'listed in the aliases file' });
    expect(result.people[0]!.attributes).toMatchObject([
      { fromDay: '2026-01-01', role: 'Clerk', timeZone: 'Europe/Berlin' },
      { fromDay: '2026-03-01', role: 'Manager', timeZone: 'Asia/Tokyo' },
    ]);
  });

  it('keeps people of the same name apart when the directory lists both', () => {
    const result = resolve([seen('NORTH\\jdoe', 5), seen('SOUTH\\jdoe', 4), seen('jdoe', 9)], {
      directory: [
        listed('NORTH\\jdoe', { email: 'jane@example.com' }),
        listed('SOUTH\\jdoe', { email: 'john@example.com' }),
      ],
    });
    expect(keysOf(result)).toEqual({ 'NORTH\\jdoe': 'north\\jdoe', 'SOUTH\\jdoe': 'south\\jdoe', jdoe: '\\jdoe' });
    expect(linkOf(result, 'jdoe').reason).toContain('several people');
  });

  it('gives a shared mail box to nobody', () => {
    const result = resolve([seen('anna'), seen('bert'), seen('desk@example.com')], {
      directory: [listed('anna', { email: 'desk@example.com' }), listed('bert', { email: 'desk@example.com' })],
    });
    expect(result.people).toHaveLength(3);
    expect(linkOf(result, 'desk@example.com').reason).toContain('several people have this mail address');
  });
});

describe('kinds', () => {
  const kindsOf = (accounts: string[], more: Partial<IdentityInput> = {}) => {
    const result = resolve(
      accounts.map((account) => seen(account)),
      more,
    );
    const kindById = new Map(result.people.map((person) => [person.id, person.kind]));
    return result.links.map((link) => [link.account, kindById.get(link.person)]);
  };

  it.each([
    [
      'system',
      [
        'NT AUTHORITY\\SYSTEM',
        'SYSTEM',
        'S-1-5-18',
        'LOCAL SERVICE',
        'NETWORK SERVICE',
        'ANONYMOUS LOGON',
        '-',
        '',
        'DWM-1',
        'Window Manager\\DWM-12',
        'Font Driver Host\\UMFD-0',
        'S-1-5-32-544',
        'NT SERVICE\\MSSQL',
      ],
    ],
    ['machine', ['WORKSTATION5$', 'THESHIRE\\WORKSTATION5$', 'WORKSTATION6$@THESHIRE.LOCAL']],
    [
      'service',
      ['svc-web', 'CORP\\sqlagent', 'backup01', 'HealthMailboxabc', 'krbtgt', 'mail-svc', 'svc_gmsa$', 'sshd'],
    ],
    ['human', ['pgustavo', 'SQL0042', 'CORP\\Administrator', 'root', 'first.last@example.com']],
  ])('%s', (kind, accounts) => {
    for (const [account, actual] of kindsOf(accounts)) expect(actual, account).toBe(kind);
  });

  it('takes configured patterns, and the directory against the built-in ones', () => {
    expect(kindsOf(['nightly_batch'], { servicePatterns: ['*_BATCH'] })).toEqual([['nightly_batch', 'service']]);
    expect(kindsOf(['sqlinda'], { directory: [listed('sqlinda', { email: 's@example.com' })] })).toEqual([
      ['sqlinda', 'human'],
    ]);
  });

  it('does not take a hidden local user for a machine', () => {
    expect(kindsOf(['CORP\\FS03$', 'FS03\\intruder$'])).toEqual([
      ['CORP\\FS03$', 'machine'],
      ['FS03\\intruder$', 'human'],
    ]);
  });

  it('writes one person for all spellings of a system account', () => {
    expect(resolve([seen('NT AUTHORITY\\SYSTEM'), seen('SYSTEM'), seen('S-1-5-18')]).people).toHaveLength(1);
  });
});

describe('inferred links', () => {
  it('joins privileged twins to the base account, with less confidence', () => {
    const twins = ['adm-jdoe', 'CORP\\jdoe_adm', 'jdoe-admin', 'a-jdoe', 'admjdoe'];
    const result = resolve([seen('CORP\\jdoe'), ...twins.map((account) => seen(account))]);
    expect(result.people).toHaveLength(1);
    expect(result.people[0]!.key).toBe('jdoe');
    for (const account of twins) expect(linkOf(result, account).confidence).toBe(0.7);
    expect(resolve([seen('adm-nobody1'), seen('admin-test'), seen('test')]).people).toHaveLength(3);
  });

  it('joins local accounts by an uncommon name only', () => {
    const result = resolve([
      seen('THESHIRE\\wardog', 98),
      seen('WORKSTATION5\\wardog', 86),
      seen('THESHIRE\\WORKSTATION5$'),
      seen('THESHIRE\\Administrator'),
      seen('WORKSTATION5\\Administrator'),
      seen('root'),
    ]);
    expect(linkOf(result, 'WORKSTATION5\\wardog')).toMatchObject({ confidence: 0.6 });
    expect(linkOf(result, 'WORKSTATION5\\wardog').person).toBe(linkOf(result, 'THESHIRE\\wardog').person);
    expect(linkOf(result, 'WORKSTATION5\\Administrator').person).not.toBe(
      linkOf(result, 'THESHIRE\\Administrator').person,
    );
    expect(linkOf(result, 'WORKSTATION5\\Administrator').reason).toContain('too common');
  });

  it('keeps tenants apart', () => {
    const result = resolve([seen('jdoe'), seen('jdoe', 1, '', 'Customer A'), seen('jdoe', 1, '', 'Customer B')]);
    expect(result.people.map((person) => person.key)).toEqual(['/customer a/jdoe', '/customer b/jdoe', 'jdoe']);
  });

  it('keeps the pseudonym when more spellings appear, and when outsiders write', () => {
    const before = resolve([seen('jdoe')]).people[0]!.id;
    const after = resolve([seen('jdoe'), seen('CORP\\jdoe', 50), seen('PC7\\jdoe'), seen('jdoe@gmail.example')]);
    expect(linkOf(after, 'jdoe').person).toBe(before);
    expect(linkOf(after, 'jdoe@gmail.example').person).not.toBe(before);
  });
});

const names = fc.constantFrom(
  'jdoe',
  'adm-jdoe',
  'jdoe_adm',
  'rroe',
  'administrator',
  'svc-x',
  'ws1$',
  'system',
  'first.last',
  '',
);
const authorities = fc.constantFrom('CORP', 'corp.local', 'corp.example', 'WS1', 'NT AUTHORITY', 'NORTH', '.');
const accounts = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(authorities, names).map(([authority, name]) => `${authority}\\${name}`) },
  { weight: 3, arbitrary: fc.tuple(authorities, names).map(([authority, name]) => `${name}@${authority}`) },
  { weight: 3, arbitrary: names },
  { weight: 1, arbitrary: fc.constantFrom('S-1-5-21-1-1-1-1', 'S-1-5-21-1-1-1-2', 'S-1-5-18') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
);
const sightings = fc.array(
  fc.record({
    domain: fc.constantFrom('', '', 'T/1%', 't/1%'),
    account: accounts,
    sid: fc.constantFrom('', '', 'S-1-5-21-1-1-1-1', 'S-1-5-21-1-1-1-2', 'S-1-5-21-1-1-1-3', 'S-1-5-18'),
    activities: fc.nat({ max: 50 }),
  }),
  { maxLength: 40 },
);
const directories = fc.array(
  fc.record({
    account: accounts,
    email: fc.constantFrom('', 'first.last@corp.example', 'desk@corp.example'),
    role: fc.constantFrom('a', 'b'),
    fromDay: fc.constantFrom('2026-01-01', '2026-02-01', 'soon'),
    aliases: fc.array(accounts, { maxLength: 2 }),
  }),
  { maxLength: 8 },
);
const aliasRows = fc.array(fc.record({ account: accounts, alias: accounts }), { maxLength: 4 });

function shuffle<T>(items: readonly T[], seed: number): T[] {
  const random = createRandom(seed);
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

describe('always', () => {
  it('does not depend on order, links every account once, to people that exist, with ids of their own', () => {
    fc.assert(
      fc.property(sightings, directories, aliasRows, fc.nat(), (seenAccounts, records, aliases: AliasRow[], seed) => {
        const directory = records.map((record) => listed(record.account, record));
        const result = resolve(seenAccounts, { directory, aliases });
        const again = resolve(shuffle(seenAccounts, seed), {
          directory: shuffle(directory, seed + 1),
          aliases: shuffle(aliases, seed + 2),
        });
        expect(again).toEqual(result);
        const texts = (rows: readonly { domain: string; account: string }[]) =>
          rows.map((row) => `${row.domain}\n${row.account}`).sort();
        expect(texts(result.links)).toEqual([...new Set(texts(seenAccounts))]);
        const ids = result.people.map((person) => person.id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(new Set(result.links.map((link) => link.person))).toEqual(new Set(ids));
        for (const link of result.links) {
          expect(link.confidence).toBeGreaterThan(0);
          expect(link.confidence).toBeLessThanOrEqual(1);
          expect(link.reason).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same when a sighting is repeated', () => {
    fc.assert(
      fc.property(sightings, (once) => {
        expect(resolve([...once, ...once])).toEqual(resolve(once));
      }),
    );
  });

  it('resolves 100,000 accounts in seconds, even when all have one name', () => {
    const many = Array.from({ length: 100_000 }, (_, i) =>
      seen(i % 2 ? `CORP\\worker${i}` : `worker${i - 1}@corp.local`, i),
    );
    const same = Array.from({ length: 30_000 }, (_, i) => seen(`PC${i}\\jdoe`, i));
    const startMs = performance.now();
    expect(resolve(many).people).toHaveLength(50_001);
    expect(resolve(same).people).toHaveLength(1);
    expect(performance.now() - startMs).toBeLessThan(20_000);
  });
});
