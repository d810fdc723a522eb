import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateEnterprise } from '../../simulator/enterprise/generate.ts';
import { writeEnterprise } from '../../simulator/enterprise/write-enterprise.ts';
import { formatDay, parseDay } from '../../src/domain/time.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { hasShared, sharedPath } from '../shared-data.ts';
import { type Line, linesOf, run } from './enterprise-session.ts';
import { shiftRecords } from './recordings.ts';

const SEED = 17;
const PEOPLE = 40;
const DAYS = 50;
const FIRST = parseDay('2026-01-05')!;
/** In the order of an attack; one technique each. */
const STEPS = [
  'discovery__cmd_seatbelt_group_user',
  'privilege_escalation__empire_uac_shellapi_fodhelper',
  'credential_access__empire_mimikatz_logonpasswords',
  'lateral_movement__empire_psexec_dcerpc_tcp_svcctl',
  'collection__msf_record_mic',
];

/** The people of the recordings become one employee. */
const castAs = (text: string, login: string): string =>
  text
    .replaceAll(/"(pgustavo|wardog|sbeavers|pedro)"/gi, `"${login}"`)
    .replaceAll(/(THESHIRE|MORDOR|WORKSTATION5)\\\\(pgustavo|wardog|sbeavers|pedro)/gi, `CORP\\\\${login}`)
    .replaceAll(/(DomainName":\s*)"(THESHIRE|MORDOR|WORKSTATION5)"/gi, '$1"CORP"');

describe.skipIf(!hasShared('otrf-windows'))('recorded attack steps by one employee, two to six days apart', () => {
  let folder: string;
  let campaigns: Line[];
  let actor: string;
  let days: number[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'undercurrent-recorded-'));
    const logs = join(folder, 'logs');
    const company = generateEnterprise({ people: PEOPLE, days: DAYS, seed: SEED, scenarios: false });
    const random = createRandom(SEED);
    actor = company.company.people[random.int(PEOPLE)]!.login;
    writeEnterprise(company, { format: 'jsonl', out: logs });
    mkdirSync(join(logs, 'recordings'));
    let day = FIRST + 21;
    days = STEPS.map((step) => {
      const lines = gunzipSync(readFileSync(join(sharedPath('otrf-windows'), `${step}.jsonl.gz`)))
        .toString('utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(castAs(line, actor)) as Record<string, unknown>);
      writeFileSync(join(logs, 'recordings', `${step}.jsonl`), `${shiftRecords(lines, day).join('\n')}\n`);
      const laid = day;
      day += 2 + random.int(5);
      return laid;
    });
    const data = join(folder, 'data');
    expect(await run('import', logs, '--data', data, '--json')).toMatchObject({ code: 0, err: '' });
    const analysed = await run('analyze', '--data', data, '--json', '--reveal');
    expect(analysed).toMatchObject({ code: 0, err: '' });
    campaigns = linesOf(analysed.out).filter(({ type }) => type === 'campaign');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes one campaign of them, which names the employee', () => {
    const own = campaigns.filter(({ users }) => String(users[0]).toLowerCase().includes(actor));
    expect(own).toHaveLength(1);
    expect(own[0]!.start >= formatDay(days[0]! - 1)).toBe(true);
    expect(own[0]!.anomalies.length).toBeGreaterThanOrEqual(3);
    expect(own[0]!.chance).toBeLessThanOrEqual(1 / 1000);
    const stages: string[] = own[0]!.stages;
    expect(stages).toEqual(expect.arrayContaining(['privilege_escalation', 'execution']));
  });
});
