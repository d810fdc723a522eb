import type { WebCategory } from '../../src/domain/activity.ts';
import type { Random } from '../../src/numeric/random.ts';
import type { WebSite } from './types.ts';
import { TOPIC_WORDS } from './words.ts';

const site = (category: WebCategory, weight: number, hosts: string): WebSite[] =>
  hosts
    .trim()
    .split(/\s+/)
    .map((host, i) => ({ host, category, weight: weight / (1 + i) ** 0.7 }));

/** Well-known destinations, by what a web gateway would call them. */
export const KNOWN_SITES: readonly WebSite[] = [
  ...site(
    'internal',
    40,
    'portal.corp.example wiki.corp.example git.corp.example tickets.corp.example hr.corp.example crm.corp.example',
  ),
  ...site(
    'other',
    30,
    'google.com bing.com microsoft.com wikipedia.org office.com stackoverflow.com adobe.com salesforce.com zoom.us',
  ),
  ...site('news', 12, 'bbc.co.uk reuters.com nytimes.com theguardian.com bloomberg.com cnn.com'),
  ...site('social', 8, 'linkedin.com facebook.com x.com instagram.com reddit.com youtube.com'),
  ...site('shopping', 5, 'amazon.com ebay.com etsy.com ikea.com'),
  ...site('webmail', 3, 'mail.google.com outlook.live.com mail.yahoo.com proton.me'),
  ...site('code_hosting', 4, 'github.com gitlab.com npmjs.com pypi.org'),
  ...site('ai_assistant', 4, 'chatgpt.com claude.ai gemini.google.com perplexity.ai'),
  ...site('cloud_storage', 1, 'drive.google.com dropbox.com box.com mega.nz'),
  ...site('file_transfer', 0.4, 'wetransfer.com transfernow.net file.io gofile.io'),
  ...site('job_search', 0.5, 'indeed.com glassdoor.com monster.com careerbuilder.com simplyhired.com jobs.lever.co'),
  ...site('paste_site', 0.4, 'pastebin.com ghostbin.com'),
  ...site('leak_site', 0.03, 'wikileaks.org cryptome.org'),
  ...site('hacking_tools', 0.05, 'exploit-db.com hackforums.net kali.org'),
  ...site('surveillance_tools', 0.03, 'refog.com spyrix.com actualkeylogger.com'),
  ...site('anonymizer', 0.05, 'torproject.org hidemyass.com'),
  ...site('other', 0.3, 'careers.northwind.example careers.contoso.example careers.fabrikam.example'),
  ...site('adult_gambling', 0.2, 'bet365.com pokerstars.com'),
];

export const sitesIn = (category: WebCategory): WebSite[] => KNOWN_SITES.filter((s) => s.category === category);

/** Employers' own job pages. */
export const CAREER_SITES: readonly WebSite[] = site(
  'other',
  0.3,
  'careers.northwind.example careers.contoso.example careers.fabrikam.example jobs.adatum.example',
);

/** The long tail of the web: many hosts that hardly anybody visits twice. */
export function buildLongTail(random: Random, count: number): WebSite[] {
  const sites: WebSite[] = [];
  for (let i = 0; i < count; i++) {
    const a = TOPIC_WORDS[random.int(TOPIC_WORDS.length)]!;
    const b = TOPIC_WORDS[random.int(TOPIC_WORDS.length)]!;
    const roll = random.next();
    const category: WebCategory = roll < 0.06 ? 'news' : roll < 0.12 ? 'shopping' : 'other';
    sites.push({ host: `${a}-${b}${i % 7 === 0 ? i : ''}.example`, category, weight: 1 });
  }
  return sites;
}
