import { cloudAccount } from '../accounts.ts';
import { administer } from '../behaviour/administration.ts';
import { between, chance, overdispersed, pick, poisson, sample, whole } from '../draw.ts';
import { fileCategoryOf, pickFile } from '../files.ts';
import { cloudLogon, failedTunnel, localFile, mailSent, tunnel, web } from '../records/other.ts';
import { launch } from '../records/windows.ts';
import type { FileEntry, Person } from '../types.ts';
import { sitesIn } from '../web-sites.ts';
import { type Casting, castWhere, createEpisode, drawWindow, type Episode, type EpisodeDay } from './episode.ts';
import { JOB_SITES, jobVisit, reachableTrees } from './insiders.ts';
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

/** One benign kind: its scenario name says what it resembles; `perHundred` people and 60 days. */
export interface Lookalike {
  kind: string;
  perHundred: number;
  days: [number, number];
  fits(person: Person): boolean;
  /** Prepares the episode once, returns what happens on each of its days. */
  prepare(casting: Casting, person: Person, size: number): (today: EpisodeDay) => void;
}

const anyone = (): boolean => true;
const isAdmin = (person: Person): boolean => person.admin;
const role = (person: Person) => person.assignments[0]!.role;

export const LOOKALIKES: readonly Lookalike[] = [
  {
    kind: 'deadline-nights', perHundred: 3, days: [4, 16], fits: (p) => p.habits.eveningRate < 0.15,
    prepare: ({ company, random }, person, size) => {
      const trees = reachableTrees(company, person);
      const rate = between(random, 0.3, 0.8);
      return (today) => {
        if (!today.working || !chance(today.dice, rate)) return;
        const minute = Math.max(today.presence.end + 40, whole(today.dice, 19 * 60, 25 * 60));
        returnAtNight(today, minute, whole(today.dice, 30, 180), chance(today.dice, 0.8));
        readShare(today, minute + 3, pick(today.dice, trees), overdispersed(today.dice, 4 + 20 * size, 3));
      };
    },
  },
  {
    kind: 'first-removable-media', perHundred: 2, days: [1, 8], fits: (p) => p.habits.removableRate === 0,
    prepare: ({ company }, person, size) => (today) => {
      if (!today.working || !chance(today.dice, 0.6)) return;
      const tree = pick(today.dice, [person.documents, ...reachableTrees(company, person)]);
      const late = chance(today.dice, 0.15);
      const minute = late ? today.presence.end + whole(today.dice, 20, 200) : today.minute(today.dice);
      const files = readShare(today, minute, tree === person.documents ? company.companyShare : tree, 1 + overdispersed(today.dice, 3 + 40 * size, 2));
      copyToDrive(today, minute + 6, files);
    },
  },
  {
    kind: 'job-surfer', perHundred: 3, days: [10, 40], fits: anyone,
    prepare: ({ random }, _person, size) => {
      const sites = sample(random, JOB_SITES, 3);
      const rate = between(random, 0.25, 0.85);
      return (today) => {
        if (!today.working || !chance(today.dice, rate)) return;
        for (let i = 1 + poisson(today.dice, 1 + 2 * size); i > 0; i--) jobVisit(today, pick(today.dice, sites), 1 + poisson(today.dice, 1.5 + 2 * size));
      };
    },
  },
  {
    kind: 'handover-archive', perHundred: 1.5, days: [1, 4], fits: anyone,
    prepare: ({ company, random }, person, size) => {
      const way = pick(random, ['drive', 'share', 'share', 'cloud'] as const);
      const site = pick(random, sitesIn('cloud_storage'));
      return (today) => {
        if (!today.working) return;
        const { dice } = today;
        const minute = today.minute(dice);
        const files = readShare(today, minute, pick(dice, reachableTrees(company, person)), 10 + overdispersed(dice, 20 + 100 * size, 3));
        const name = `handover-${dice.int(90)}.zip`;
        const archive: FileEntry = { path: `${person.documents.root}\\${name}`, name, category: fileCategoryOf(name), sensitivity: 1, sizeBytes: files.reduce((n, f) => n + f.sizeBytes, 0) };
        today.emit(launch(today.at(minute + 12, dice), today.account, person.device, 'C:\\Program Files\\7-Zip\\7zG.exe', `a -tzip ${name} docs`));
        today.emit(localFile(today.at(minute + 13, dice), 'create', today.account, person.device, archive.path, archive, '7zG.exe'));
        if (way === 'drive') copyToDrive(today, minute + 15, [archive]);
        if (way === 'cloud') uploadTo(today, minute + 15, site, [archive]);
      };
    },
  },
  {
    kind: 'server-migration', perHundred: 1, days: [2, 8], fits: (p) => isAdmin(p) && role(p).admin !== 'helpdesk',
    prepare: ({ company }, _person, size) => (today) => {
      if (!today.working) return;
      for (const server of sample(today.dice, company.servers, 3 + poisson(today.dice, 12 * size)))
        administer(today, today.dice, chance(today.dice, 0.2) ? today.presence.end + whole(today.dice, 30, 240) : today.minute(today.dice), server);
    },
  },
  {
    kind: 'helpdesk-rollout', perHundred: 1, days: [2, 6], fits: (p) => isAdmin(p) && role(p).admin === 'helpdesk',
    prepare: ({ company }, _person, size) => (today) => {
      if (!today.working) return;
      for (const user of sample(today.dice, company.people, 5 + poisson(today.dice, 30 * size)))
        administer(today, today.dice, today.minute(today.dice), { name: user.device, address: user.address });
    },
  },
  {
    kind: 'customer-delivery-upload', perHundred: 2, days: [1, 12], fits: anyone,
    prepare: ({ company, random }, person, size) => {
      const site = pick(random, [...sitesIn('cloud_storage'), ...sitesIn('file_transfer')]);
      return (today) => {
        if (!today.working || !chance(today.dice, 0.5)) return;
        const minute = today.minute(today.dice);
        const files = readShare(today, minute, pick(today.dice, reachableTrees(company, person)), 1 + overdispersed(today.dice, 2 + 20 * size, 3));
        uploadTo(today, minute + 10, site, files);
      };
    },
  },
  {
    kind: 'announcement-mail', perHundred: 1.5, days: [1, 2], fits: (p) => role(p).massMail === 0,
    prepare: ({ company }, person, size) => (today) => {
      if (!today.working) return;
      const audience = sample(today.dice, company.people, Math.max(8, Math.round(company.people.length * 0.6 * size)));
      today.emit(
        mailSent(today.at(today.minute(today.dice), today.dice), person.email, {
          recipients: audience.slice(0, 20).map((p) => p.email), recipientCount: audience.length, externalCount: 0,
          attachments: chance(today.dice, 0.4) ? 1 : 0, bytes: 30_000, device: person.device, source: today.address,
        }),
      );
    },
  },
  {
    kind: 'audit-reading', perHundred: 0.8, days: [4, 12], fits: (p) => ['Finance', 'Legal', 'Information Security', 'Management'].includes(p.assignments[0]!.department),
    prepare: ({ company }, _person, size) => (today) => {
      if (!today.working) return;
      for (const team of sample(today.dice, company.teams, 1 + poisson(today.dice, 4 * size)))
        readShare(today, today.minute(today.dice), team.share, 2 + overdispersed(today.dice, 10, 2));
    },
  },
  {
    kind: 'mail-home', perHundred: 1.5, days: [3, 30], fits: anyone,
    prepare: (_casting, person, size) => {
      const home = privateMailbox(person);
      return (today) => {
        if (!today.working || !chance(today.dice, 0.25)) return;
        const files = Array.from({ length: 1 + poisson(today.dice, 2 * size) }, () => pickFile(today.dice, person.documents, today.day));
        mailFiles(today, chance(today.dice, 0.5) ? today.presence.end - 8 : today.minute(today.dice), home, files);
      };
    },
  },
  {
    kind: 'borrowed-machine', perHundred: 1.5, days: [1, 6], fits: anyone,
    prepare: ({ company, random }, person) => {
      const neighbours = company.people.filter((p) => p !== person && p.site === person.site);
      const owner = pick(random, neighbours.length > 0 ? neighbours : company.people);
      return (today) => {
        if (today.working) visitMachine(today, today.presence.start + 6, owner, poisson(today.dice, 2), 2);
      };
    },
  },
  {
    kind: 'leak-reader', perHundred: 0.6, days: [1, 6], fits: anyone,
    prepare: ({ random }) => {
      const site = pick(random, sitesIn('leak_site'));
      return (today) => {
        if (today.working && chance(today.dice, 0.6)) browse(today, site, 1 + poisson(today.dice, 3));
      };
    },
  },
  {
    kind: 'tool-evaluation', perHundred: 0.8, days: [1, 4], fits: isAdmin,
    prepare: ({ random }) => {
      const site = pick(random, [...sitesIn('hacking_tools'), ...sitesIn('surveillance_tools')]);
      return (today) => {
        if (!today.working) return;
        browse(today, site, 1 + poisson(today.dice, 3));
        if (!chance(today.dice, 0.6)) return;
        today.emit(web(today.at(today.minute(today.dice), today.dice), 'download', today.person, today.address, site, `/download/tool-${today.dice.int(20)}.exe`, 900, 5_000_000));
      };
    },
  },
  {
    kind: 'moved-home', perHundred: 1, days: [10, 40], fits: (p) => role(p).remote > 0.2,
    prepare: ({ random }) => {
      const address = `${pick(random, [82, 90, 145, 176])}.${random.int(256)}.${random.int(256)}.${1 + random.int(254)}`;
      return (today) => {
        const { dice, person } = today;
        if (today.presence.mode === 'off' || !chance(dice, 0.4)) return;
        const minute = today.presence.weekend ? today.presence.start : today.presence.end + whole(dice, 10, 120);
        if (chance(dice, 0.3)) today.emit(failedTunnel(today.at(minute - 1, dice), person.login, address));
        today.emit(tunnel(today.at(minute, dice), 'connect', person, address));
        today.emit(cloudLogon(today.at(minute + 1, dice), cloudAccount(person), address));
        today.emit(tunnel(today.at(minute + whole(dice, 10, 90), dice), 'disconnect', person, address, Math.round(between(dice, 1e6, 1e8))));
      };
    },
  },
]; // biome-ignore format: one kind after another

export function planLookalike(casting: Casting, kind: Lookalike): Episode | undefined {
  const { company, random } = casting;
  const person = castWhere(casting, kind.fits);
  if (!person || !kind.fits(person)) return undefined;
  const size = 0.15 ** random.next();
  const [fromDay, toDay] = drawWindow(company, random, whole(random, kind.days[0], kind.days[1]), 0.15);
  const act = kind.prepare(casting, person, size);
  return createEpisode(company, {
    type: 'lookalike',
    scenario: kind.kind,
    person,
    fromDay,
    toDay,
    intensity: size,
    act,
  });
}
