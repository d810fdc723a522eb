import { between, chance, overdispersed, pick, poisson, sample, whole } from '../draw.ts';
import { pickFile } from '../files.ts';
import { reachableTrees } from '../scenarios/insiders.ts';
import { browse, copyToDrive, readShare, returnAtNight, uploadTo } from '../scenarios/moves.ts';
import { sitesIn } from '../web-sites.ts';
import { anyone, type Lookalike, whenWorking } from './lookalike.ts';

/** Benign neighbours of `after-hours-leak`. */
export const EVENINGS_AND_DRIVES: readonly Lookalike[] = [
  {
    kind: 'deadline-nights',
    resembles: 'after-hours-leak',
    perHundred: 3,
    days: [4, 16],
    fits: (p) => p.habits.eveningRate < 0.15,
    prepare: ({ company, random }, person, size) => {
      const trees = reachableTrees(company, person);
      const rate = between(random, 0.3, 0.8);
      return whenWorking((today) => {
        const { dice, presence } = today;
        if (!chance(dice, rate)) return;
        const minute = Math.max(presence.end + 40, whole(dice, 19 * 60, 26 * 60));
        returnAtNight(today, minute, whole(dice, 30, 180), chance(dice, 0.7));
        const files = readShare(today, minute + 3, pick(dice, trees), overdispersed(dice, 4 + 20 * size, 3));
        if (chance(dice, 0.15)) uploadTo(today, minute + 20, pick(dice, person.favouriteSites), files.slice(0, 2));
      });
    },
  },
  {
    kind: 'evening-removable-media',
    resembles: 'after-hours-leak',
    perHundred: 1.2,
    days: [3, 18],
    fits: (p) => p.habits.eveningRate < 0.15,
    prepare: ({ company, random }, person, size) => {
      const trees = [person.documents, ...reachableTrees(company, person)];
      const rate = between(random, 0.2, 0.6);
      const remote = chance(random, 0.5);
      return whenWorking((today) => {
        const { dice, day } = today;
        if (!chance(dice, rate)) return;
        const minute = Math.max(today.presence.end + 30, whole(dice, 19 * 60, 25 * 60));
        returnAtNight(today, minute, whole(dice, 20, 150), remote);
        const tree = pick(dice, trees);
        const count = 1 + overdispersed(dice, 4 + 22 * size, 3);
        const own = Array.from({ length: count }, () => pickFile(dice, person.documents, day));
        copyToDrive(today, minute + 8, tree === person.documents ? own : readShare(today, minute + 2, tree, count));
      });
    },
  },
  {
    kind: 'first-removable-media',
    resembles: 'after-hours-leak',
    perHundred: 2,
    days: [1, 8],
    fits: (p) => p.habits.removableRate === 0,
    prepare: ({ company }, person, size) =>
      whenWorking((today) => {
        const { dice } = today;
        if (!chance(dice, 0.6)) return;
        const minute = chance(dice, 0.3) ? today.presence.end + whole(dice, 20, 240) : today.minute(dice);
        const files = readShare(
          today,
          minute,
          pick(dice, reachableTrees(company, person)),
          1 + overdispersed(dice, 3 + 40 * size, 2),
        );
        copyToDrive(today, minute + 6, files);
      }),
  },
  {
    kind: 'leak-reader',
    resembles: 'after-hours-leak',
    perHundred: 1,
    days: [1, 8],
    fits: anyone,
    prepare: ({ random }) => {
      const sites = sample(random, sitesIn('leak_site'), 2);
      return whenWorking((today) => {
        if (chance(today.dice, 0.6)) browse(today, pick(today.dice, sites), 1 + poisson(today.dice, 3));
      });
    },
  },
];
