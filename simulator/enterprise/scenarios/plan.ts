import type { Company } from '../company.ts';
import { poisson, randomFor } from '../draw.ts';
import { LOOKALIKES } from '../lookalikes/index.ts';
import { planLookalike } from '../lookalikes/lookalike.ts';
import type { Person } from '../types.ts';
import { accountCompromise } from './account-compromise.ts';
import { credentialHarvest } from './credential-harvest.ts';
import type { Casting, Episode } from './episode.ts';
import { afterHoursLeak, jobHuntCopy, layoffUpload, snooping } from './insiders.ts';

export const SCENARIOS: Readonly<Record<string, (casting: Casting) => Episode | undefined>> = {
  'after-hours-leak': afterHoursLeak,
  'job-hunt-copy': jobHuntCopy,
  'credential-harvest': credentialHarvest,
  snooping,
  'layoff-upload': layoffUpload,
  'account-compromise': accountCompromise,
};

/** Scenarios that are switched off are cast all the same, so that nobody else's life changes; the person then stays. */
function stay(company: Company, episode: Episode): void {
  const person = company.people.find((p) => p.login === episode.record.person)!;
  person.leftDay = Number.POSITIVE_INFINITY;
}

/** About one insider of each kind per 200 people; from 100 people up at least one. Smaller companies get fewer kinds. */
export function planEpisodes(company: Company, wanted: boolean | readonly string[]): Episode[] {
  const taken = new Set<Person>();
  const episodes: Episode[] = [];
  const settled = (person: Person): boolean =>
    !taken.has(person) && person.hiredDay < company.startDay && !Number.isFinite(person.leftDay);
  const plan = (name: string, planner: (casting: Casting) => Episode | undefined): Episode | undefined => {
    let chosen: Person | undefined;
    const episode = planner({
      company,
      random: randomFor(company.seed, `episode/${name}`),
      free: company.people.filter(settled),
      cast(person) {
        taken.add(person);
        chosen = person;
        return person;
      },
    });
    if (episode) return episode;
    if (chosen) taken.delete(chosen);
    return undefined;
  };
  const size = company.people.length;
  const kinds = Object.entries(SCENARIOS);
  for (const [order, [name, planner]] of kinds.entries()) {
    const named = Array.isArray(wanted) && wanted.includes(name);
    const count =
      size >= 100 ? Math.max(1, Math.round(size / 200)) : named || order < (size * kinds.length) / 100 ? 1 : 0;
    for (let i = 0; i < count; i++) {
      const episode = plan(`${name}/${i}`, planner);
      if (!episode) continue;
      if (wanted === true || named) episodes.push(episode);
      else stay(company, episode);
    }
  }
  const months = (company.endDay - company.startDay) / 60;
  for (const kind of LOOKALIKES) {
    const count = poisson(randomFor(company.seed, `lookalikes/${kind.kind}`), (kind.perHundred * size * months) / 100);
    for (let i = 0; i < count; i++) {
      const episode = plan(`${kind.kind}/${i}`, (casting) => planLookalike(casting, kind));
      if (episode) episodes.push(episode);
    }
  }
  return episodes;
}
