import { cloudAccount } from '../accounts.ts';
import type { Company } from '../company.ts';
import { between, chance, overdispersed, pick, poisson, sample, whole } from '../draw.ts';
import { pickFile } from '../files.ts';
import { cloudFile } from '../records/other.ts';
import type { FolderTree, Person, WebSite } from '../types.ts';
import { CAREER_SITES, sitesIn } from '../web-sites.ts';
import {
  type Casting,
  castWhere,
  createEpisode,
  drawIntensity,
  drawWindow,
  type Episode,
  type EpisodeDay,
  leaveAfter,
} from './episode.ts';
import {
  browse,
  copyToDrive,
  mailFiles,
  privateMailbox,
  readShare,
  returnAtNight,
  uploadTo,
  visitMachine,
} from './moves.ts';

const hasAssignment = (person: Person): boolean => person.assignments.length === 1;

/** The trees a person can reach by right: team, department, projects. */
export function reachableTrees(company: Company, person: Person): FolderTree[] {
  const { team, department, projects } = person.assignments.at(-1)!;
  return [team.share, company.departmentShares.get(department)!, ...projects.map((p) => p.share)];
}

const lateMinute = (today: EpisodeDay, intensity: number): number => {
  const end = today.working ? today.presence.end : 17 * 60;
  return intensity > 0.45
    ? whole(today.dice, 21 * 60 + 30, 27 * 60)
    : Math.max(end + 25, whole(today.dice, 18 * 60 + 30, 22 * 60));
};

/** Starts working after hours, first use of removable media, uploads to a leak site, leaves. */
export function afterHoursLeak(casting: Casting): Episode | undefined {
  const { company, random } = casting;
  const person = castWhere(
    casting,
    (p) => p.habits.removableRate === 0 && p.habits.eveningRate < 0.08 && hasAssignment(p),
  );
  if (!person) return undefined;
  const intensity = drawIntensity(random);
  const [fromDay, toDay] = drawWindow(casting, person, whole(random, 7, 24));
  const rate = between(random, 0.25, 0.65);
  const leak = chance(random, 0.55)
    ? pick(random, sitesIn('leak_site'))
    : pick(random, [...company.longTail.slice(0, 200), ...sitesIn('paste_site'), ...sitesIn('file_transfer')]);
  const remote = chance(random, 0.5);
  const trees = reachableTrees(company, person);
  if (chance(random, 0.8)) leaveAfter(company, person, toDay, random);
  return createEpisode(company, {
    type: 'insider', scenario: 'after-hours-leak', person, fromDay, toDay, intensity,
    act(today) {
      const { dice, day } = today;
      if (!(day === fromDay + 1 || day === toDay - 1 || chance(dice, rate))) return;
      const minute = lateMinute(today, intensity);
      today.stage = 'collection';
      returnAtNight(today, minute, whole(dice, 20, 150), remote);
      const files = readShare(today, minute + 2, pick(dice, trees), 2 + overdispersed(dice, 4 + 26 * intensity, 3));
      if (chance(dice, 0.75)) copyToDrive(today, minute + 8, files);
      if (!chance(dice, 0.45)) return;
      today.stage = 'exfiltration';
      uploadTo(today, minute + 25, leak, sample(dice, files, 1 + poisson(dice, 3 * intensity)));
    },
  }); // biome-ignore format: dense
}

export const JOB_SITES = [...sitesIn('job_search'), { host: 'linkedin.com', category: 'social' as const, weight: 0 }];

/** Job sites for weeks, letters to recruiters, then far more copying than ever before, leaves. */
export function jobHuntCopy(casting: Casting): Episode | undefined {
  const { company, random } = casting;
  const person = castWhere(casting, (p) => !p.admin && hasAssignment(p) && p.habits.removableRate < 0.15);
  if (!person) return undefined;
  const intensity = drawIntensity(random);
  const [fromDay, toDay] = drawWindow(casting, person, whole(random, 18, 45));
  const rate = between(random, 0.35, 0.85);
  const copyFrom = Math.max(fromDay + 5, toDay - whole(random, 3, 9));
  const sites = [...sample(random, JOB_SITES, 3), pick(random, CAREER_SITES)];
  const recruiter = `talent@${sites[3]!.host.slice(8)}`;
  const trees = reachableTrees(company, person);
  if (chance(random, 0.9)) leaveAfter(company, person, toDay, random);
  return createEpisode(company, {
    type: 'insider', scenario: 'job-hunt-copy', person, fromDay, toDay, intensity,
    act(today) {
      const { dice, day } = today;
      if (!today.working) return;
      today.stage = 'reconnaissance';
      if (chance(dice, rate)) for (let i = 1 + poisson(dice, 1 + 2 * intensity); i > 0; i--) jobVisit(today, pick(dice, sites), 1 + poisson(dice, 1.5 + 2 * intensity));
      if (chance(dice, 0.06)) mailFiles(today, today.minute(dice), recruiter, [pickFile(dice, person.documents, day)]);
      if (day < copyFrom || !(day === toDay - 1 || chance(dice, 0.55))) return;
      today.stage = 'collection';
      const minute = chance(dice, 0.4) ? today.presence.end - 20 : today.minute(dice);
      const files = readShare(today, minute, pick(dice, trees), 5 + overdispersed(dice, 15 + 90 * intensity, 3));
      today.stage = 'exfiltration';
      copyToDrive(today, minute + 10, files);
    },
  }); // biome-ignore format: dense
}

export function jobVisit(today: EpisodeDay, site: WebSite, visits: number): void {
  browse(today, site, visits, () =>
    pick(today.dice, [`/jobs/${today.dice.int(90_000)}`, '/jobs?q=senior', '/viewjob', '/companies', '/salaries']),
  );
}

/** Logs on to other people's machines, reads their documents and mails them home, more and more often. */
export function snooping(casting: Casting): Episode | undefined {
  const { company, random } = casting;
  const person = castWhere(casting, (p) => hasAssignment(p) && p.assignments[0]!.role.admin !== 'helpdesk');
  if (!person) return undefined;
  const intensity = drawIntensity(random);
  const span = company.endDay - company.startDay;
  const [fromDay, toDay] = drawWindow(casting, person, Math.min(90, Math.round(span * between(random, 0.4, 0.58))));
  const neighbours = company.people.filter((p) => p !== person && p.site === person.site);
  const victims = sample(random, neighbours, 3 + Math.round(9 * intensity));
  const logonType = pick(random, [2, 3, 10] as const);
  const home = privateMailbox(person);
  return createEpisode(company, {
    type: 'insider', scenario: 'snooping', person, fromDay, toDay, intensity, victims,
    act(today) {
      const { dice, day } = today;
      const progress = (day - fromDay) / Math.max(1, toDay - fromDay);
      const due = day === toDay - 2 || day === fromDay + 1 || chance(dice, 0.1 + (0.25 + 0.4 * intensity) * progress);
      if (!today.working || !due || victims.length === 0) return;
      const machines = 1 + (chance(dice, progress * intensity) ? 1 : 0) + (chance(dice, progress * intensity * 0.6) ? 1 : 0);
      for (const victim of sample(dice, victims, machines)) {
        today.stage = 'discovery';
        const minute = chance(dice, 0.4) ? today.presence.lunch[0] + 5 : today.minute(dice);
        const files = visitMachine(today, minute, victim, 2 + overdispersed(dice, 3 + 14 * intensity * (0.3 + progress), 3), logonType);
        if (!chance(dice, 0.35 + 0.45 * progress)) continue;
        today.stage = 'exfiltration';
        mailFiles(today, minute + 10, home, sample(dice, files, 1 + poisson(dice, 1 + 4 * intensity)));
      }
    },
  }); // biome-ignore format: dense
}

/** A member of a department hit by lay-offs uploads documents to a private cloud drive. */
export function layoffUpload(casting: Casting): Episode | undefined {
  const { company, random } = casting;
  const news = company.calendar.layoffNews[0];
  const person = castWhere(
    casting,
    (p) =>
      hasAssignment(p) &&
      (!news || p.assignments[0]!.department === news.department) &&
      p.assignments[0]!.role.externalUpload < 0.3,
  );
  if (!person) return undefined;
  const intensity = drawIntensity(random);
  const days = whole(random, 4, 18);
  const earliest = company.startDay + Math.ceil((company.endDay - company.startDay) * 0.4);
  const fromDay = Math.min(company.endDay - 3, Math.max(earliest, (news?.day ?? earliest) + whole(random, 1, 8)));
  const toDay = Math.min(company.endDay - 1, fromDay + days);
  const site = pick(random, [...sitesIn('cloud_storage'), ...sitesIn('file_transfer')]);
  const trees = reachableTrees(company, person);
  const libraries = person.assignments[0]!.projects.map((p) => p.library);
  if (chance(random, 0.5)) leaveAfter(company, person, toDay, random);
  return createEpisode(company, {
    type: 'insider', scenario: 'layoff-upload', person, fromDay, toDay, intensity,
    act(today) {
      const { dice, day } = today;
      if (!today.working || !(day === fromDay + 1 || day === toDay - 1 || chance(dice, 0.55))) return;
      today.stage = 'collection';
      const minute = chance(dice, 0.3) ? today.presence.end - 30 : today.minute(dice);
      const count = 2 + overdispersed(dice, 2 + 25 * intensity, 3);
      let files = readShare(today, minute, pick(dice, trees), count);
      if (libraries.length > 0 && chance(dice, 0.4)) {
        files = Array.from({ length: count }, () => pickFile(dice, pick(dice, libraries), day));
        for (const file of files) today.emit(cloudFile(today.at(minute + between(dice, 0, 12), dice), 'download', cloudAccount(person), today.cloudAddress, file));
      }
      today.stage = 'exfiltration';
      uploadTo(today, minute + 15, site, files);
    },
  }); // biome-ignore format: dense
}
