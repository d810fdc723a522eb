import { describe, expect, it } from 'vitest';
import type { Meaning } from './aql-profile.ts';
import { chooseProfile, hasColumnIn, makeProfile, namedTest, type ProfileName } from './aql-profiles.ts';
import { allOf, anyOf, aql, NO, noneOf, quoteText, unknown, YES } from './aql-term.ts';
import { describeBlindSpots } from './blind-spots.ts';
import { FEATURES } from './catalogue.ts';
import { compileHourSearches, compilePart, compileThingSearch, MAX_AQL_CHARS, planPush } from './compile-aql.ts';
import { localMidnights } from './zones.ts';

const MEANING: Meaning = {
  windows: new Map([
    [4624, { class: 'authentication', activity: 'logon', outcome: 'success' }],
    [4625, { class: 'authentication', activity: 'logon', outcome: 'failure' }],
    [4663, { class: 'kernel', activity: 'read' }],
    [4720, { class: 'account_change', activity: 'create', privileged: true, hasTarget: true }],
    [5140, { class: 'file_system', activity: 'open' }],
    [5145, { class: 'file_system', activity: 'read' }],
    [5156, { class: 'network', activity: 'connect', actor: 'none' }],
  ]),
  fileExtensions: { archive: 'zip 7z', credential: 'pem', executable: 'exe', script: 'ps1' },
  credentialNames: 'id_rsa',
  sensitiveWords: ['secrets?', 'payroll'],
  sensitivePatterns: [{ pattern: 'project*x.1', level: 2 }],
  webCategory: () => 'other',
};
const COLUMNS = ['username', 'EventID', 'Event Category', 'File Path', 'URL', 'Logon Type', 'Share Name', 'Outcome'];
const WINDOW = { fromMs: 0, toMs: 3_600_000 };
const plan = (name: ProfileName, type: string, columns: readonly string[] = COLUMNS) =>
  planPush(makeProfile(name, type, hasColumnIn(columns), MEANING));
const CASES: [ProfileName, string][] = [
  ['windows', 'Microsoft Windows Security Event Log'],
  ['named', 'Zscaler Nss'],
  ['named', 'Microsoft Defender for Endpoint'],
  ['named', 'Something New'],
  ['categories', 'Something Else'],
];

describe('terms', () => {
  it('know what is settled before what is unknown', () => {
    expect(allOf([unknown('x'), NO])).toBe(NO);
    expect(allOf([YES, unknown('x')])).toEqual(unknown('x'));
    expect(anyOf([unknown('x'), YES])).toBe(YES);
    expect(anyOf([unknown('x'), aql('a = 1')])).toEqual(aql('a = 1', 'x'));
    expect(anyOf([])).toBe(NO);
    expect(noneOf(aql('a = 1', 'x'))).toMatchObject({ lacks: ['x'] });
  });

  it('write texts that cannot end early', () => expect(quoteText("a'b\n")).toBe("'a''b '"));
});

describe.each(CASES)('the plan of %s for %s', (name, type) => {
  it.each([[COLUMNS], [[]]])('judges every feature once, whatever properties are installed', (columns) => {
    const { exact, partial, missing } = plan(name, type, columns);
    const judged = [...exact, ...partial.map((one) => one.feature), ...missing.map((one) => one.feature)];
    expect(judged.sort()).toEqual(FEATURES.map((one) => one.name).sort());
  });

  it('is compiled to searches with limit and window that name what they group by', () => {
    const made = plan(name, type);
    const searches = compileHourSearches(made, 7, WINDOW, 100).map((one) => one.aql);
    const things = compileThingSearch(made, 7, WINDOW, 100, [22, 23]);
    for (const search of things === undefined ? searches : [...searches, things]) {
      expect(search.endsWith('LIMIT 100 START 0 STOP 3600000')).toBe(true);
      expect(search).toContain('starttime >= 0 AND starttime < 3600000');
      expect(search.length).toBeLessThan(MAX_AQL_CHARS);
      const keys = /GROUP BY ([a-z0-9, ]+) LIMIT/.exec(search)![1]!.split(', ');
      for (const key of keys) expect(search).toContain(` AS ${key}`);
    }
  });

  it('says in one text what is not seen', () => {
    const text = describeBlindSpots(type, plan(name, type));
    expect(text === '' || text.startsWith(`${type}, computed in QRadar: `)).toBe(true);
    expect(text.length).toBeLessThan(1000);
  });
});

describe('profiles', () => {
  it('are chosen by type, then by the words that events speak', () => {
    expect(chooseProfile('Microsoft Windows Security Event Log', 1)).toBe('windows');
    expect(chooseProfile('X', 0.9)).toBe('named');
    expect(chooseProfile('X', Number.NaN)).toBe('categories');
    expect(namedTest(hasColumnIn(['EventID']))).toBeUndefined();
  });

  it('ask for Windows events by id, leaving out those of nobody', () => {
    const figures = new Map(plan(...CASES[0]!).hours.map((one) => [one.feature, one.aql]));
    expect(figures.get('logons')).toBe(`SUM(CASE WHEN "EventID" = '4624' THEN 1 ELSE 0 END)`);
    expect(figures.get('logon_failures')).toContain(`"EventID" = '4625'`);
    expect(figures.has('network_connections')).toBe(false);
    expect(figures.get('sensitive_reads')).toContain('project.*x\\.1');
  });

  it('say what a missing property costs', () => {
    const { missing } = plan('named', 'Zscaler Nss', ['EventID']);
    expect(missing).toContainEqual({ feature: 'bytes_out', why: 'custom property "Bytes Sent" is not installed' });
    expect(missing.map(({ feature }) => feature)).toContain('new_web_hosts');
  });
});

describe('parts of a day', () => {
  it('end where a local day does', () => {
    const day = Math.floor(Date.UTC(2026, 5, 1) / 86_400_000);
    expect(localMidnights(['UTC'], day)).toEqual([0]);
    expect(localMidnights(['Europe/Berlin', 'Asia/Kolkata'], day)).toEqual([19, 22, 23]);
    expect(localMidnights([], day)).toEqual([]);
  });

  it('are the hour in which they begin', () => {
    const partOf = (midnights: number[], hour: number): unknown => {
      const text = compilePart(midnights)
        .replaceAll(/LONG\(devicetime \/ (\d+)\)/g, (_, ms: string) =>
          String(Math.floor((hour * 3_600_000) / Number(ms))),
        )
        .replaceAll(/CASE|END/g, '')
        .replaceAll(/WHEN (.*?) THEN (.*?)(?= WHEN| ELSE)/g, '$1 ? $2 :')
        .replaceAll('ELSE', '');
      return new Function(`return ${text}`)();
    };
    expect([partOf([0], 49), partOf([22, 23], 24 + 21), partOf([22, 23], 24 + 22), partOf([22, 23], 24 + 23)]).toEqual([
      48, 23, 46, 47,
    ]);
    expect(partOf([0, 12], 30)).toBe(24);
    expect(partOf([], 30)).toBe(30);
  });
});
