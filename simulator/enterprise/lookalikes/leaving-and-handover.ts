import { between, chance, overdispersed, pick, poisson, sample } from '../draw.ts';
import { pickFile } from '../files.ts';
import { localFile } from '../records/other.ts';
import { launch } from '../records/windows.ts';
import { leaveAfter } from '../scenarios/episode.ts';
import { JOB_SITES, jobVisit, reachableTrees } from '../scenarios/insiders.ts';
import { copyToDrive, mailFiles, readShare, uploadTo } from '../scenarios/moves.ts';
import type { FileEntry } from '../types.ts';
import { CAREER_SITES, sitesIn } from '../web-sites.ts';
import { anyone, type Lookalike, whenWorking } from './lookalike.ts';

/** Benign neighbours of `job-hunt-copy` and `layoff-upload`. */
export const LEAVING_AND_HANDOVER: readonly Lookalike[] = [
  {
    kind: 'job-surfer',
    resembles: 'job-hunt-copy',
    perHundred: 3,
    days: [10, 40],
    fits: anyone,
    prepare: ({ company, random }, person, size) => {
      const sites = [...sample(random, JOB_SITES, 3), pick(random, CAREER_SITES)];
      const rate = between(random, 0.25, 0.85);
      if (chance(random, 0.25)) leaveAfter(company, person, company.endDay - 8, random);
      return whenWorking((today) => {
        const { dice } = today;
        if (chance(dice, rate))
          for (let i = 1 + poisson(dice, 1 + 2 * size); i > 0; i--)
            jobVisit(today, pick(dice, sites), 1 + poisson(dice, 1.5 + 2 * size));
        if (chance(dice, 0.05))
          mailFiles(today, today.minute(dice), `talent@${sites[3]!.host.slice(8)}`, [
            pickFile(dice, person.documents, today.day),
          ]);
      });
    },
  },
  {
    kind: 'fair-leaver',
    resembles: 'job-hunt-copy',
    perHundred: 0.8,
    days: [12, 35],
    fits: (p) => p.habits.removableRate < 0.1,
    prepare: ({ company, random }, person, size) => {
      const sites = sample(random, JOB_SITES, 3);
      const rate = between(random, 0.25, 0.7);
      leaveAfter(company, person, company.endDay - 9, random);
      return whenWorking((today) => {
        const { dice, day } = today;
        const last = day >= today.toDay - 3;
        if (chance(dice, rate)) jobVisit(today, pick(dice, sites), 1 + poisson(dice, 2 + 2 * size));
        if (!last || !chance(dice, 0.5)) return;
        const own = Array.from({ length: 2 + overdispersed(dice, 4 + 16 * size, 2) }, () =>
          pickFile(dice, person.documents, day),
        );
        copyToDrive(today, today.minute(dice), own);
      });
    },
  },
  {
    kind: 'handover-archive',
    resembles: 'job-hunt-copy',
    perHundred: 1.5,
    days: [1, 4],
    fits: anyone,
    prepare: ({ company, random }, person, size) => {
      const way = pick(random, ['drive', 'drive', 'share', 'share', 'cloud'] as const);
      const site = pick(random, sitesIn('cloud_storage'));
      return whenWorking((today) => {
        const { dice, account } = today;
        const minute = today.minute(dice);
        const files = readShare(
          today,
          minute,
          pick(dice, reachableTrees(company, person)),
          10 + overdispersed(dice, 20 + 100 * size, 3),
        );
        const name = `handover-${dice.int(90)}.zip`;
        const sizeBytes = files.reduce((sum, f) => sum + f.sizeBytes, 0);
        const archive: FileEntry = {
          path: `${person.documents.root}\\${name}`,
          name,
          category: 'archive',
          sensitivity: 1,
          sizeBytes,
        };
        today.emit(
          launch(
            today.at(minute + 12, dice),
            account,
            person.device,
            'C:\\Program Files\\7-Zip\\7zG.exe',
            `a -tzip ${name} docs`,
          ),
        );
        today.emit(
          localFile(today.at(minute + 13, dice), 'create', account, person.device, archive.path, archive, '7zG.exe'),
        );
        if (way === 'drive') copyToDrive(today, minute + 15, chance(dice, 0.5) ? files : [archive]);
        if (way === 'cloud') uploadTo(today, minute + 15, site, [archive]);
      });
    },
  },
  {
    kind: 'customer-delivery-upload',
    resembles: 'layoff-upload',
    perHundred: 2.5,
    days: [1, 14],
    fits: anyone,
    prepare: ({ company, random }, person, size) => {
      const site = pick(random, [...sitesIn('cloud_storage'), ...sitesIn('file_transfer')]);
      return whenWorking((today) => {
        const { dice } = today;
        if (!chance(dice, 0.5)) return;
        const minute = chance(dice, 0.2) ? today.presence.end - 20 : today.minute(dice);
        const files = readShare(
          today,
          minute,
          pick(dice, reachableTrees(company, person)),
          1 + overdispersed(dice, 2 + 22 * size, 3),
        );
        uploadTo(today, minute + 10, site, files);
      });
    },
  },
];
