import type { Activity } from '../../src/domain/activity.ts';
import { DAY_MS, formatDay } from '../../src/domain/time.ts';
import { administration } from './behaviour/administration.ts';
import { localWork, peerFolders, removableUse, shareWork } from './behaviour/files.ts';
import { mailWork } from './behaviour/mail-work.ts';
import { onCall, penetrationTest, plannedNights } from './behaviour/nights-and-tests.ts';
import { serviceAccounts } from './behaviour/services.ts';
import { session, sharedMachines } from './behaviour/session.ts';
import { cloudWork, databaseWork, programWork, serverDesktops, sshWork } from './behaviour/tools.ts';
import { webWork } from './behaviour/web-work.ts';
import { buildCompany, type Company } from './company.ts';
import { buildDirectory } from './directory.ts';
import { PersonDay, type Sink } from './person-day.ts';
import { planEpisodes } from './scenarios/plan.ts';
import { createTruth, type Truth } from './truth.ts';
import type { DayOfActivities, EnterpriseOptions, HrRecord, Mark } from './types.ts';

export interface Enterprise {
  company: Company;
  directory: HrRecord[];
  /** One UTC day after another, activities sorted by time. Each call starts afresh and yields the same. */
  days(): Generator<DayOfActivities, void, undefined>;
  /** Activity ids are filled in while a stream from `days()` is read to its end. */
  truth: Truth;
}

const OFFICE_WORK = [
  session,
  shareWork,
  localWork,
  webWork,
  mailWork,
  programWork,
  cloudWork,
  databaseWork,
  sshWork,
  removableUse,
  peerFolders,
  serverDesktops,
  sharedMachines,
  administration,
  onCall,
  penetrationTest,
];

/** Memory holds three days: a local day reaches at most one UTC day back and one forward. */
export function generateEnterprise(options: EnterpriseOptions): Enterprise {
  const company = buildCompany(options);
  const episodes = planEpisodes(company, options.scenarios ?? true);
  const truth = createTruth(company, episodes);
  function* days(): Generator<DayOfActivities, void, undefined> {
    truth.reset();
    const buckets = new Map<number, Activity[]>();
    const marks = new Map<Activity, Mark>();
    const first = company.startDay;
    const last = company.endDay - 1;
    const sink: Sink = {
      push(activity, mark) {
        const day = Math.floor(activity.timeMs / DAY_MS);
        if (day < first || day > last) return;
        const bucket = buckets.get(day);
        if (bucket) bucket.push(activity);
        else buckets.set(day, [activity]);
        if (mark) marks.set(activity, mark);
      },
    };
    let nextId = 1;
    const close = (day: number): DayOfActivities => {
      const activities = buckets.get(day) ?? [];
      buckets.delete(day);
      activities.sort((a, b) => a.timeMs - b.timeMs);
      for (const activity of activities) {
        activity.originId = `ev-${String(nextId++).padStart(9, '0')}`;
        const mark = marks.size > 0 ? marks.get(activity) : undefined;
        if (mark) truth.add(mark, formatDay(day), activity.originId);
      }
      marks.forEach((_, activity) => {
        if (activity.timeMs < (day + 1) * DAY_MS) marks.delete(activity);
      });
      return { day: formatDay(day), activities };
    };
    for (let day = first; day <= last + 1; day++) {
      liveDay(company, day, sink);
      for (const episode of episodes) episode.act(day, sink);
      if (day - 1 >= first) yield close(day - 1);
    }
  }
  return { company, directory: buildDirectory(company), days, truth };
}

function liveDay(company: Company, day: number, sink: Sink): void {
  serviceAccounts(company, day, sink);
  for (const person of company.people) {
    const today = new PersonDay(company, person, day, sink);
    if (today.presence.mode !== 'off') for (const work of OFFICE_WORK) work(today);
    plannedNights(today);
  }
}
