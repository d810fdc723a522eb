import { WEB_CATEGORIES } from '../domain/activity.ts';
import type { Random } from '../numeric/random.ts';
import type { Scenario, Step, Subject, Surroundings } from './ports.ts';

/**
 * Insider scenarios in terms of the person's own figures and hours. Days, hours, amounts and what is reached for are drawn,
 * from hardly more than usual to plain, so that some of every scenario ought to be missed. None was fitted to the detectors.
 */

export const FOREIGN_SCOPES = 12;

const between = (random: Random, from: number, to: number): number => from + (to - from) * random.next();
const whole = (random: Random, from: number, to: number): number => from + random.int(to - from + 1);
/** Between `from` and `to`, small ones as likely as large ones on a log scale. */
const multiple = (random: Random, from: number, to: number): number => from * (to / from) ** random.next();
const newToken = (random: Random): bigint =>
  BigInt.asIntN(64, (BigInt(random.int(2 ** 32)) << 32n) | BigInt(random.int(2 ** 32)) | 1n);

/** `count` of the person's active days within `span` of them in a row, ascending, the span drawn. */
function drawDays({ activeDays }: Subject, random: Random, count: number, span: number): number[] {
  const width = Math.min(span, activeDays.length);
  const start = random.int(activeDays.length - width + 1);
  const pool = activeDays.slice(start, start + width);
  while (pool.length > count) pool.splice(random.int(pool.length), 1);
  return pool;
}

/** A time of day in the person's own hours, with room for `hours`. */
function ownHour({ startHour, endHour }: Subject, random: Random, hours: number): number {
  const last = Math.max(startHour, Math.min(endHour, 24 - hours) - hours);
  return Math.min(24 - hours, between(random, startHour, last));
}

/** Hours after the usual end, else before the usual start. */
function oddHour({ startHour, endHour }: Subject, random: Random): number {
  if (endHour <= 20) return Math.min(22.5, endHour + between(random, 2.5, 5));
  return Math.max(0, startHour - between(random, 3, 5));
}

const step = (
  template: Step['template'],
  day: number,
  hour: number,
  hours: number,
  count: number,
  more = {},
): Step => ({
  template,
  day,
  hour,
  hours,
  count: Math.max(1, Math.round(count)),
  bytesScale: 1,
  ...more,
});

function* afterHoursCopies(subject: Subject, _around: Surroundings, random: Random): Generator<Step> {
  const stick = newToken(random);
  const copies = Math.max(4, subject.usual.fileCopies) * multiple(random, 0.7, 6);
  for (const day of drawDays(subject, random, whole(random, 2, 6), 14)) {
    const hour = oddHour(subject, random);
    yield step('logon', day, hour, 0.05, 1);
    yield step('removable_connect', day, hour + 0.1, 0.05, 1, { newPlace: stick });
    yield step('removable_copy', day, hour + 0.2, 1, copies * between(random, 0.6, 1.4), {
      bytesScale: multiple(random, 0.5, 4),
    });
  }
}

function* slowCollection(subject: Subject, around: Surroundings, random: Random): Generator<Step> {
  const days = drawDays(subject, random, whole(random, 8, 14), 22);
  const reads = Math.max(6, subject.usual.fileReads) * multiple(random, 0.25, 1.2);
  const scopes = around.foreignScopes.slice(0, whole(random, 3, FOREIGN_SCOPES));
  for (const [index, day] of days.entries()) {
    const growth = 0.7 + (0.6 * index) / days.length;
    yield step('file_read', day, ownHour(subject, random, 2), 2, reads * growth * between(random, 0.7, 1.3), {
      fromScope: scopes[index % scopes.length],
      bytesScale: between(random, 0.8, 1.6),
    });
  }
}

function* jobHuntThenCopies(subject: Subject, _around: Surroundings, random: Random): Generator<Step> {
  const days = drawDays(subject, random, whole(random, 7, 11), 20);
  const copyDays = days.splice(-whole(random, 2, 3));
  for (const day of days) yield step('job_site_visit', day, ownHour(subject, random, 1), 1, multiple(random, 2, 12));
  const stick = newToken(random);
  for (const day of copyDays) {
    const hour = ownHour(subject, random, 2);
    yield step('removable_connect', day, hour, 0.05, 1, { newPlace: stick });
    yield step(
      'removable_copy',
      day,
      hour + 0.1,
      1.5,
      Math.max(4, subject.usual.fileCopies) * multiple(random, 0.8, 8),
      {
        bytesScale: multiple(random, 0.7, 4),
      },
    );
  }
}

function* colleagueMachine(subject: Subject, around: Surroundings, random: Random): Generator<Step> {
  const device = around.foreignDevices[random.int(around.foreignDevices.length)]!;
  const scopes = around.foreignScopes.slice(0, whole(random, 1, 4));
  const days = drawDays(subject, random, whole(random, 3, 6), 15);
  for (const [index, day] of days.entries()) {
    const hour = ownHour(subject, random, 1.5);
    yield step('logon', day, hour, 0.05, whole(random, 1, 2), { device, logonType: random.int(2) === 0 ? 2 : 10 });
    yield step('file_read', day, hour + 0.1, 1, Math.max(5, subject.usual.fileReads) * multiple(random, 0.3, 1.5), {
      device,
      fromScope: scopes[index % scopes.length],
    });
    if (random.next() < 0.6)
      yield step('external_mail', day, Math.min(23.4, hour + 1.2), 0.3, whole(random, 1, 3), {
        newPlace: newToken(random),
        bytesScale: multiple(random, 1, 12),
      });
  }
}

function* cloudUploads(subject: Subject, _around: Surroundings, random: Random): Generator<Step> {
  const newPlace = newToken(random);
  const category = (['cloud_storage', 'file_transfer', 'other'] as const)[random.int(3)]!;
  const webCategory = WEB_CATEGORIES.indexOf(category);
  const uploads = multiple(random, 2, 15);
  for (const day of drawDays(subject, random, whole(random, 2, 6), 12))
    yield step('web_upload', day, ownHour(subject, random, 1), 1, uploads * between(random, 0.6, 1.4), {
      newPlace,
      webCategory,
      bytesScale: multiple(random, 1, 20),
    });
}

function* guessingThenDevices(subject: Subject, around: Surroundings, random: Random): Generator<Step> {
  const [first, ...later] = drawDays(subject, random, whole(random, 3, 6), 10);
  const hour = random.int(2) === 0 ? oddHour(subject, random) : ownHour(subject, random, 1);
  yield step('failed_logon', first!, hour, 0.5, multiple(random, 6, 40));
  const devices = around.foreignDevices.slice(0, whole(random, 3, 8));
  for (const [index, day] of later.entries()) {
    const at = ownHour(subject, random, 1.5);
    for (const [slot, device] of devices.entries())
      if (slot % later.length === index % later.length)
        yield step('logon', day, at, 0.5, whole(random, 1, 3), { device, logonType: random.int(2) === 0 ? 3 : 10 });
    yield step('file_read', day, at + 0.5, 1, Math.max(5, subject.usual.fileReads) * multiple(random, 0.3, 1.5), {
      fromScope: around.foreignScopes[index % around.foreignScopes.length],
    });
  }
}

const scenario = (
  id: string,
  title: string,
  needs: Scenario['needs'],
  leastDays: number,
  steps: (...args: Parameters<Scenario['plan']>) => Generator<Step>,
  more: Pick<Scenario, 'needsForeignScopes' | 'needsForeignDevice'> = {},
): Scenario => ({ id, title, needs, leastDays, ...more, plan: (...args) => [...steps(...args)] });

export const SCENARIOS: readonly Scenario[] = [
  scenario(
    'after-hours-copies',
    'files copied to removable media outside the own hours, on 2 to 6 days',
    ['removable_copy', 'removable_connect', 'logon'],
    2,
    afterHoursCopies,
  ),
  scenario(
    'slow-collection',
    'a little every day from file shares never touched before, over 8 to 14 days',
    ['file_read'],
    8,
    slowCollection,
    { needsForeignScopes: 3 },
  ),
  scenario(
    'job-hunt-copies',
    'days of visits to job sites, then copies to removable media',
    ['job_site_visit', 'removable_copy', 'removable_connect'],
    7,
    jobHuntThenCopies,
  ),
  scenario(
    'colleague-machine',
    "acting from a colleague's computer: their files read, some mailed out",
    ['logon', 'file_read', 'external_mail'],
    3,
    colleagueMachine,
    { needsForeignScopes: 1, needsForeignDevice: true },
  ),
  scenario(
    'cloud-uploads',
    'uploads to a web host that nobody used before, on 2 to 6 days',
    ['web_upload'],
    2,
    cloudUploads,
  ),
  scenario(
    'guessing-then-devices',
    'a burst of failed logons, then computers and folders never used before',
    ['failed_logon', 'logon', 'file_read'],
    3,
    guessingThenDevices,
    { needsForeignScopes: 1, needsForeignDevice: true },
  ),
];
