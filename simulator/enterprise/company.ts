import { parseDay } from '../../src/domain/time.ts';
import type { Random } from '../../src/numeric/random.ts';
import { buildCalendar, type Calendar } from './calendar.ts';
import { between, chance, pick, randomFor, sample, whole } from './draw.ts';
import { buildTree } from './files.ts';
import { hirePeople, moveSomePeople } from './people.ts';
import { DEPARTMENTS, departmentNamed } from './roles.ts';
import type {
  Database,
  EnterpriseOptions,
  FolderTree,
  Person,
  Project,
  Server,
  SharedMachine,
  Site,
  Team,
  WebSite,
} from './types.ts';
import { buildLongTail } from './web-sites.ts';
import { EXTENSIONS, PROJECT_WORDS, TOPIC_WORDS } from './words.ts';

export interface Company {
  seed: number;
  startDay: number;
  /** First day after the period. */
  endDay: number;
  sites: Site[];
  servers: Server[];
  sharedMachines: SharedMachine[];
  databases: Database[];
  teams: Team[];
  projects: Project[];
  people: Person[];
  departmentShares: Map<string, FolderTree>;
  companyShare: FolderTree;
  longTail: WebSite[];
  calendar: Calendar;
}

const SITE_NAMES = [
  ['HQ', 'Headquarters'],
  ['LAB', 'Research Park'],
  ['PLT', 'Plant'],
  ['SAL', 'Sales Office'],
] as const;

const serverAddress = (site: number, host: number): string => `10.${10 + site}.0.${10 + host}`;

function buildServers(siteCount: number, people: number): Server[] {
  const servers: Server[] = [];
  const add = (kind: Server['kind'], site: number, name: string): void => {
    servers.push({ kind, name, address: serverAddress(site, servers.length) });
  };
  for (let s = 0; s < siteCount; s++) {
    add('file', s, `FS-${SITE_NAMES[s]![0]}-01`);
    add('directory', s, `DC-${SITE_NAMES[s]![0]}-01`);
  }
  add('mail', 0, 'MAIL-01');
  add('jump', 0, 'JUMP-01');
  add('log', 0, 'LOG-01');
  const scale = Math.max(1, Math.round(people / 150));
  for (let i = 1; i <= 2 + scale; i++) add('database', 0, `SQL-${String(i).padStart(2, '0')}`);
  for (let i = 1; i <= 2 + scale; i++) add('build', 0, `BUILD-${String(i).padStart(2, '0')}`);
  for (let i = 1; i <= 3 + scale; i++) add('application', 0, `APP-${String(i).padStart(2, '0')}`);
  for (let i = 1; i <= 2 + scale; i++) add('web', 0, `WEB-${String(i).padStart(2, '0')}`);
  return servers;
}

function buildSharedMachines(sites: Site[], people: number): SharedMachine[] {
  const each = Math.max(2, Math.round(people / 60));
  return sites.flatMap((site) =>
    Array.from({ length: each }, (_, i) => ({
      name: `${site.code === 'PLT' ? 'TERM' : 'MEET'}-${site.code}-${String(i + 1).padStart(2, '0')}`,
      address: `10.${10 + site.index}.1.${10 + i}`,
      site,
    })),
  );
}

function buildDatabases(random: Random, servers: Server[]): Database[] {
  const hosts = servers.filter((s) => s.kind === 'database');
  const names = [['erp', 2], ['crm', 1], ['payroll', 3], ['warehouse', 1], ['support', 1], ['quality', 1], ['research', 2]] as const; // biome-ignore format: dense
  return names.map(([name, sensitivity], i) => ({
    server: hosts[i % hosts.length]!,
    name,
    tables: sample(random, TOPIC_WORDS, 14),
    sensitivity,
  }));
}

const shareOf = (random: Random, server: Server, name: string, department: string, count: number): FolderTree =>
  buildTree(random, {
    root: `\\\\${server.name}\\${name}`,
    host: server.name,
    address: server.address,
    separator: '\\',
    count,
    extensions: EXTENSIONS[department]!,
    sensitivity: departmentNamed(department).sensitive,
  });

const slug = (text: string): string => text.toLowerCase().replaceAll(' ', '-');

function buildTeams(random: Random, people: number, fileServers: Server[]): Team[] {
  const total = DEPARTMENTS.reduce((sum, d) => sum + d.weight, 0);
  return DEPARTMENTS.flatMap((department) => {
    const heads = Math.max(1, Math.round((people * department.weight) / total));
    const teams = Math.max(1, Math.round(heads / 8));
    return Array.from({ length: teams }, (_, i): Team => {
      const name = `${department.name} ${i + 1}`;
      const share = shareOf(
        random,
        pick(random, fileServers),
        `${slug(department.name)}-${i + 1}`,
        department.name,
        260,
      );
      return { name, department: department.name, share, members: [], lead: undefined };
    });
  });
}

function buildProjects(random: Random, company: Omit<Company, 'calendar'>, people: number): Project[] {
  const words = sample(random, PROJECT_WORDS, Math.max(3, Math.round(people / 14)));
  const hosts = company.servers.filter((s) => s.kind === 'file');
  const builds = company.servers.filter((s) => s.kind === 'build');
  return words.map((word): Project => {
    const department = pick(random, ['Engineering', 'Research', 'Sales', 'Marketing', 'Operations', 'Finance']);
    const late = chance(random, 0.2);
    const span = company.endDay - company.startDay;
    const fromDay = late ? company.startDay + Math.round(span * between(random, 0.3, 0.8)) : company.startDay - 400;
    return {
      name: word,
      share: shareOf(random, pick(random, hosts), `prj-${slug(word)}`, department, 340),
      library: buildTree(random, {
        root: `https://corp.sharepoint.example/sites/${slug(word)}`,
        host: 'corp.sharepoint.example',
        address: 'corp.sharepoint.example',
        separator: '/',
        count: 220,
        extensions: EXTENSIONS[department]!,
        sensitivity: departmentNamed(department).sensitive,
      }),
      database: pick(random, company.databases),
      buildServer: pick(random, builds),
      fromDay,
      toDay: Number.POSITIVE_INFINITY,
      members: [],
    };
  });
}

/** Everything that stays put: sites, servers, shares, teams, projects, people and their habits, the calendar. */
export function buildCompany(options: EnterpriseOptions): Company {
  const startDay = parseDay(options.startDay ?? '2026-01-05');
  if (startDay === undefined) throw new RangeError('startDay must be a calendar day, YYYY-MM-DD');
  const { seed, people } = options;
  const random = randomFor(seed, 'company');
  const zones = options.zones ?? [];
  const siteCount = people < 60 ? 1 : people < 150 ? 2 : SITE_NAMES.length;
  const sites = SITE_NAMES.slice(0, siteCount).map(
    ([code, name], index): Site => ({ index, code, name, zone: zones.length ? zones[index % zones.length]! : 'UTC' }),
  );
  const servers = buildServers(siteCount, people);
  const fileServers = servers.filter((s) => s.kind === 'file');
  const departmentShares = new Map(
    DEPARTMENTS.map((d) => [d.name, shareOf(random, pick(random, fileServers), slug(d.name), d.name, 700)]),
  );
  const base = {
    seed,
    startDay,
    endDay: startDay + options.days,
    sites,
    servers,
    sharedMachines: buildSharedMachines(sites, people),
    databases: buildDatabases(random, servers),
    teams: buildTeams(random, people, fileServers),
    projects: [] as Project[],
    people: [] as Person[],
    departmentShares,
    companyShare: shareOf(random, fileServers[0]!, 'company', 'Management', 500),
    longTail: buildLongTail(randomFor(seed, 'web'), 1500 + whole(random, 0, 200)),
  };
  base.projects = buildProjects(randomFor(seed, 'projects'), base, people);
  base.people = hirePeople(base, people);
  moveSomePeople(base);
  return { ...base, calendar: buildCalendar(base) };
}

export const serversOf = (company: Pick<Company, 'servers'>, ...kinds: Server['kind'][]): Server[] =>
  company.servers.filter((s) => kinds.includes(s.kind));

/** The domain controller of a person's site. */
export const controllerOf = (company: Company, site: Site): Server =>
  serversOf(company, 'directory')[site.index] ?? serversOf(company, 'directory')[0]!;
