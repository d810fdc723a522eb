import type { Random } from '../../../src/numeric/random.ts';
import { chance, exponential, logNormal, pick, pickEarly, pickWeighted, poisson } from '../draw.ts';
import type { PersonDay } from '../person-day.ts';
import { web } from '../records/network.ts';
import type { WebSite } from '../types.ts';
import { CAREER_SITES, KNOWN_SITES, sitesIn } from '../web-sites.ts';
import { TOPIC_WORDS } from '../words.ts';
import { toolFile } from './files.ts';

const UPLOAD_SITES = [...sitesIn('cloud_storage'), ...sitesIn('file_transfer')];

export function pagePath(random: Random): string {
  const roll = random.next();
  if (roll < 0.25) return '/';
  if (roll < 0.75) return `/${pick(random, TOPIC_WORDS)}/${random.int(900)}`;
  if (roll < 0.9) return `/search?q=${pick(random, TOPIC_WORDS)}+${pick(random, TOPIC_WORDS)}`;
  return `/${pick(random, TOPIC_WORDS)}/${pick(random, TOPIC_WORDS)}-${random.int(9000)}.html`;
}

function chooseSite(today: PersonDay, random: Random): WebSite {
  const roll = random.next();
  const novelty = today.person.habits.noveltyRate;
  if (roll < novelty) return pick(random, today.company.longTail);
  if (roll < novelty + 0.15) return pickWeighted(random, KNOWN_SITES);
  return pickEarly(random, today.person.favouriteSites, 2);
}

export function webWork(today: PersonDay): void {
  const random = today.random('web');
  const { person, address } = today;
  const role = today.assignment(random).role;
  let left = today.count(random, role.web * person.habits.volume.web);
  while (left > 0) {
    const site = chooseSite(today, random);
    let minute = today.minute(random);
    const burst = Math.min(left, 1 + Math.floor(exponential(random, 2.5)));
    for (let i = 0; i < burst; i++) {
      const bytesIn = Math.round(logNormal(random, 30_000, 1.5));
      const bytesOut = Math.round(logNormal(random, 900, 0.8));
      const timeMs = today.at(minute, random);
      if (chance(random, 0.02)) {
        const extension = pick(random, ['pdf', 'pdf', 'xlsx', 'zip', 'docx', 'msi', 'png']);
        const path = `/files/${pick(random, TOPIC_WORDS)}-${random.int(500)}.${extension}`;
        today.emit(
          web(timeMs, 'download', person, address, site, path, bytesOut, Math.round(logNormal(random, 800_000, 1.6))),
        );
      } else if (chance(random, 0.008)) {
        today.emit(
          web(
            timeMs,
            'upload',
            person,
            address,
            site,
            uploadPath(random),
            Math.round(logNormal(random, 120_000, 1.4)),
            2000,
          ),
        );
      } else today.emit(web(timeMs, 'visit', person, address, site, pagePath(random), bytesOut, bytesIn));
      minute += exponential(random, 1.2);
    }
    left -= burst;
  }
  uploadsForWork(today, random, role.externalUpload);
  sideInterests(today);
  bigDownload(today, random);
}

/** Roles that hand material to outside services: agencies, printers, campaign tools. */
function uploadsForWork(today: PersonDay, random: Random, mean: number): void {
  const { person, address } = today;
  for (let i = today.count(random, mean * person.habits.volume.cloud); i > 0; i--) {
    const site = UPLOAD_SITES[(person.index * 3 + random.int(2)) % UPLOAD_SITES.length]!;
    const path = `/upload/${pick(random, TOPIC_WORDS)}-${random.int(99)}.${pick(random, ['zip', 'png', 'pdf', 'pptx'])}`;
    today.emit(
      web(
        today.at(today.minute(random), random),
        'upload',
        person,
        address,
        site,
        path,
        Math.round(logNormal(random, 4e6, 1.4)),
        3000,
      ),
    );
  }
}

function bigDownload(today: PersonDay, random: Random): void {
  if (!today.company.calendar.bigDownloads.get(today.day)?.includes(today.person)) return;
  const site = pick(
    random,
    KNOWN_SITES.filter((s) => s.category === 'other' || s.category === 'code_hosting'),
  );
  const bytes = Math.round(logNormal(random, 2.5e9, 0.7));
  today.emit(
    web(
      today.at(today.minute(random), random),
      'download',
      today.person,
      today.address,
      site,
      `/images/${pick(random, TOPIC_WORDS)}.iso`,
      1200,
      bytes,
    ),
  );
}

export const uploadPath = (random: Random): string =>
  `/upload/${pick(random, TOPIC_WORDS)}-${pick(random, TOPIC_WORDS)}-${random.int(99)}.${pick(random, ['pdf', 'docx', 'xlsx', 'png', 'zip', '7z', 'csv'])}`;

const JOB_SITES = [...sitesIn('job_search'), ...CAREER_SITES];
const TOOL_SITES = [...sitesIn('hacking_tools'), ...sitesIn('surveillance_tools')];

/** Looks at job pages (more so where lay-offs were announced), tools and leaks that lead nowhere. */
function sideInterests(today: PersonDay): void {
  const random = today.random('side-interests');
  const { person, address, day } = today;
  const visit = (site: WebSite, visits: number): void => {
    let minute = today.minute(random);
    for (let i = 0; i < visits; i++) {
      today.emit(
        web(
          today.at(minute, random),
          'visit',
          person,
          address,
          site,
          pagePath(random),
          900,
          Math.round(logNormal(random, 40_000, 1.2)),
        ),
      );
      minute += exponential(random, 2);
    }
  };
  const { department, role } = today.assignment(random);
  const news = today.company.calendar.layoffNews.some((n) => n.department === department && day >= n.day);
  if (chance(random, news ? 0.14 : 0.012)) visit(pick(random, JOB_SITES), 1 + poisson(random, 2));
  if (role.name === 'Recruiter') visit(pick(random, JOB_SITES), poisson(random, 4));
  const curious = role.admin === 'security' ? 0.35 : role.admin === 'none' ? 0.0015 : 0.03;
  if (!chance(random, curious)) return;
  const site = pick(random, TOOL_SITES);
  visit(site, 1 + poisson(random, 2));
  if (role.admin !== 'none' && chance(random, 0.35))
    today.emit(
      web(
        today.at(today.minute(random), random),
        'download',
        person,
        address,
        site,
        `/download/${toolFile(random).name}`,
        900,
        3_000_000,
      ),
    );
}
