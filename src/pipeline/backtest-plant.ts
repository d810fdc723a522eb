import {
  type Planted,
  type Scenario,
  type Step,
  type Subject,
  type Surroundings,
  TEMPLATE_KINDS,
  type TemplateKind,
} from '../backtest/ports.ts';
import { FOREIGN_SCOPES } from '../backtest/scenarios.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { dayOffsetMs } from '../domain/zone-offset.ts';
import { type FeatureDatabase, tokens, type ZoneNames } from '../features/ports.ts';
import { refreshFeatures } from '../features/refresh.ts';
import { TOUCH_KINDS } from '../features/types.ts';
import { isUtc } from '../features/zones.ts';
import { createRandom, type Random, seedFor } from '../numeric/random.ts';
import { readSubjects } from './backtest-subjects.ts';
import { gatherTemplates } from './backtest-templates.ts';

/** Insiders a scenario at most, and the share of the people they all may be: peers must stay ordinary. */
const MOST_A_SCENARIO = 3;
const MOST_SHARE = 0.05;
const LEAST_TEMPLATES = 5;
const LEAST_SCOPE_READS = 3;

export interface PlantOptions {
  fromDay: number;
  toDay: number;
  seed: number;
  scenarios: readonly Scenario[];
  /** Pseudonym of a person, `undefined`: not to be used. */
  nameOf(token: bigint): string | undefined;
  zones: ZoneNames;
}

export interface PlantResult {
  planted: Planted[];
  /** Scenarios that the history gives no ground for, and why. */
  skipped: { scenario: string; reason: string }[];
}

const TEMPLATE_WORDS: Record<TemplateKind, string> = {
  removable_copy: 'files copied to removable media',
  removable_connect: 'removable media connected',
  file_read: 'files read from shared folders',
  job_site_visit: 'visits to job sites',
  web_upload: 'web uploads',
  external_mail: 'mails to outside',
  logon: 'logons',
  failed_logon: 'failed logons',
};

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let at = out.length - 1; at > 0; at--) {
    const other = random.int(at + 1);
    [out[at], out[other]] = [out[other]!, out[at]!];
  }
  return out;
}

/** Plants scenarios into an open overlay and brings its features up to date. Same history and seed: the same activities. */
export async function plantScenarios(db: FeatureDatabase, options: PlantOptions): Promise<PlantResult> {
  const { scenarios, seed } = options;
  const subjects = await readSubjects(db, options, options.nameOf);
  const templates = await gatherTemplates(db, options.fromDay, seed);
  const free = shuffle([...subjects.keys()], createRandom(seedFor(seed, 'people')));
  const share = Math.floor((MOST_SHARE * subjects.size) / scenarios.length);
  const wanted = Math.max(1, Math.min(MOST_A_SCENARIO, share));
  const result: PlantResult = { planted: [], skipped: [] };
  for (const scenario of scenarios) {
    const missing = scenario.needs.find((kind) => templates[kind] < LEAST_TEMPLATES);
    if (missing) {
      const reason = `the history before the replay has hardly any ${TEMPLATE_WORDS[missing]} to copy`;
      result.skipped.push({ scenario: scenario.id, reason });
      continue;
    }
    const random = createRandom(seedFor(seed, scenario.id));
    let found = 0;
    for (let at = 0; at < free.length && found < wanted; ) {
      const subject = subjects.get(free[at]!)!;
      const around = await surroundingsOf(db, free[at]!, scenario, subjects, random);
      if (!around || subject.activeDays.length < scenario.leastDays) {
        at += 1;
        continue;
      }
      const steps = scenario.plan(subject, around, random);
      const activities = await plantSteps(db, subject, steps, options.zones, random);
      const days = [...new Set(steps.map(({ day }) => day))].sort((a, b) => a - b);
      result.planted.push({ scenario: scenario.id, person: subject.person, days, activities });
      free.splice(at, 1);
      found += 1;
    }
    if (found === 0)
      result.skipped.push({ scenario: scenario.id, reason: 'nobody has enough history and active days for it' });
  }
  await db.run('INSERT INTO dirty_day SELECT DISTINCT CAST(time_ms // 86400000 AS INTEGER) FROM planted');
  await refreshFeatures(db, options.zones);
  return result;
}

async function surroundingsOf(
  db: FeatureDatabase,
  person: bigint,
  scenario: Scenario,
  subjects: ReadonlyMap<bigint, Subject>,
  random: Random,
): Promise<Surroundings | undefined> {
  const touched = (kind: (typeof TOUCH_KINDS)[number]) =>
    `SELECT token FROM touch WHERE kind = ${TOUCH_KINDS.indexOf(kind)} AND person = ${person}`;
  const around = { foreignScopes: [] as bigint[], foreignDevices: [] as bigint[] };
  if (scenario.needsForeignScopes) {
    const columns = await db.columns(`SELECT scope FROM backtest_template
      WHERE kind = ${TEMPLATE_KINDS.indexOf('file_read')} AND scope NOT IN (${touched('scope')})
      GROUP BY scope HAVING count(*) >= ${LEAST_SCOPE_READS} ORDER BY scope`);
    around.foreignScopes = shuffle([...tokens(columns, 'scope')], random).slice(0, FOREIGN_SCOPES);
    if (around.foreignScopes.length < scenario.needsForeignScopes) return undefined;
  }
  if (scenario.needsForeignDevice) {
    const own = new Set(tokens(await db.columns(touched('device')), 'token'));
    const devices = [...new Set([...subjects.values()].map(({ device }) => device))];
    around.foreignDevices = shuffle(
      devices.filter((device) => device !== 0n && !own.has(device)),
      random,
    ).slice(0, FOREIGN_SCOPES);
    if (around.foreignDevices.length < 3) return undefined;
  }
  return around;
}

async function plantSteps(
  db: FeatureDatabase,
  subject: Subject,
  steps: readonly Step[],
  zones: ZoneNames,
  random: Random,
): Promise<number> {
  let activities = 0;
  for (const step of steps) {
    const where = `kind = ${TEMPLATE_KINDS.indexOf(step.template)}${step.fromScope === undefined ? '' : ` AND scope = ${step.fromScope}`}`;
    const { n } = await db.columns(`SELECT CAST(count(*) AS DOUBLE) AS n FROM backtest_template WHERE ${where}`);
    await db.run(compileStep(subject, step, zones[subject.zone] ?? 'UTC', where, Number(n![0]), random));
    activities += step.count;
  }
  return activities;
}

/** Copies `count` templates to the person, the day and the hours of the step. */
function compileStep(
  subject: Subject,
  step: Step,
  zone: string,
  where: string,
  templates: number,
  random: Random,
): string {
  const offsetMs = isUtc(zone) ? 0 : dayOffsetMs(zone, step.day);
  const startMs = Math.round(step.day * DAY_MS + step.hour * HOUR_MS - offsetMs);
  const spanMs = Math.round(step.hours * HOUR_MS) - 1;
  const salt = random.int(2 ** 31);
  const present = (column: string, value: bigint | number) => `if(${column} = 0, ${column}, ${value}) AS ${column}`;
  const bytes = (column: string) => `CAST(round(${column} * ${step.bytesScale}) AS BIGINT) AS ${column}`;
  const places = step.template === 'external_mail' ? ['resource'] : ['scope', 'target', 'resource'];
  const replaced = [
    `CAST(hash(i + ${salt}, ${subject.account}) >> 1 AS BIGINT) AS id`,
    `${startMs} + CAST(floor((i + (hash(i + ${salt}) % 1000) / 1000.0) / ${step.count} * ${spanMs}) AS BIGINT) AS time_ms`,
    `${subject.account} AS account`,
    present('target_account', subject.account),
    present('device', step.device ?? subject.device),
    present('source', subject.source),
    bytes('bytes_out'),
    bytes('bytes_in'),
    ...(step.newPlace === undefined ? [] : places.map((column) => present(column, step.newPlace!))),
    ...(step.template === 'removable_copy' && subject.scope !== 0n ? [present('scope', subject.scope)] : []),
    ...(step.webCategory === undefined ? [] : [`${step.webCategory} AS web_category`]),
    ...(step.logonType === undefined ? [] : [present('logon_type', step.logonType)]),
  ];
  return `INSERT INTO planted SELECT * EXCLUDE (kind, pick, i) REPLACE (${replaced.join(', ')})
    FROM range(${step.count}) AS r(i) JOIN backtest_template ON pick = (i * 7919 + ${salt}) % ${templates} WHERE ${where}`;
}
