import type { Random } from '../../src/numeric/random.ts';
import type { Company } from './company.ts';
import { between, chance, gamma, logNormal, pick, pickWeighted, randomFor, sample, whole } from './draw.ts';
import { buildTree } from './files.ts';
import { DEPARTMENTS, type RoleProfile } from './roles.ts';
import type { Assignment, Habits, Person, Project, Team } from './types.ts';
import { KNOWN_SITES } from './web-sites.ts';
import { EXTENSIONS, FIRST_NAMES, LAST_NAMES, TOPIC_WORDS } from './words.ts';

type Ground = Omit<Company, 'calendar'>;

export const publicAddress = (random: Random): string =>
  `${pick(random, [24, 45, 62, 77, 81, 86, 91, 93, 103, 109, 151, 178, 185, 188, 193])}.${random.int(256)}.${random.int(256)}.${1 + random.int(254)}`;

function drawHabits(random: Random, role: RoleProfile): Habits {
  const factor = () => logNormal(random, 1, 0.5);
  const early = chance(random, 0.15) ? -75 : chance(random, 0.12) ? 70 : 0;
  const evening = role.evening * gamma(random, 0.7, 1);
  return {
    startMinute: 8 * 60 + 40 + early + 28 * random.normal(),
    startSpread: between(random, 6, 32),
    workMinutes: 8 * 60 + 15 + 30 * random.normal(),
    lunchMinute: 12 * 60 + whole(random, -30, 50),
    eveningRate: Math.min(0.6, evening),
    weekendRate: Math.min(0.3, 0.4 * evening),
    remoteShare: Math.min(0.95, role.remote * gamma(random, 1.2, 1)),
    removableRate: chance(random, role.removable) ? between(random, 0.03, 0.5) : 0,
    noveltyRate: between(random, 0.01, 0.09),
    shape: between(random, 2.5, 12),
    volume: {
      web: factor(),
      mail: factor(),
      share: factor(),
      local: factor(),
      cloud: factor(),
      database: factor(),
      programs: logNormal(random, 1, 0.35),
    },
    logsOff: chance(random, 0.65),
    remoteDesktop: chance(random, 0.22),
    sharedMachineRate: role.sharedMachines * gamma(random, 1.5, 1),
    peerFolderRate: chance(random, 0.12) ? between(random, 0.02, 0.4) : 0,
  };
}

/** Projects a person of a team can be on: mostly those the team already works for, so that groups overlap. */
function chooseProjects(random: Random, ground: Ground, team: Team, day: number): Project[] {
  const known = [...new Set(team.members.flatMap((m) => m.assignments.at(-1)!.projects))];
  const open = ground.projects.filter((p) => p.fromDay <= day || chance(random, 0.5));
  const chosen = new Set<Project>();
  const wanted = pick(random, [0, 1, 1, 1, 2, 2, 3]);
  while (chosen.size < Math.min(wanted, open.length)) {
    chosen.add(known.length > 0 && chance(random, 0.55) ? pick(random, known) : pick(random, open));
  }
  return [...chosen];
}

function assign(random: Random, ground: Ground, department: string, fromDay: number): Assignment {
  const team = pick(
    random,
    ground.teams.filter((t) => t.department === department),
  );
  const role = pickWeighted(random, DEPARTMENTS.find((d) => d.name === department)!.roles);
  return { fromDay, department, role, team, projects: chooseProjects(random, ground, team, fromDay) };
}

function uniqueLogin(taken: Set<string>, first: string, last: string): string {
  const base = (first[0]! + last).toLowerCase();
  let login = base;
  for (let n = 2; taken.has(login); n++) login = `${base}${n}`;
  taken.add(login);
  return login;
}

function drawPerson(ground: Ground, index: number, department: string, taken: Set<string>): Person {
  const random = randomFor(ground.seed, `person/${index}`);
  const first = pick(random, FIRST_NAMES);
  const last = pick(random, LAST_NAMES);
  const login = uniqueLogin(taken, first, last);
  const suffix = /\d*$/.exec(login)![0];
  const site = chance(random, 0.5) ? ground.sites[0]! : pick(random, ground.sites);
  const span = ground.endDay - ground.startDay;
  const late = chance(random, (0.02 * span) / 30);
  const hiredDay = late
    ? ground.startDay + whole(random, 2, Math.max(2, span - 3))
    : ground.startDay - whole(random, 60, 3000);
  const assignment = assign(random, ground, department, hiredDay);
  const middle = String.fromCharCode(65 + random.int(26));
  const address = `10.${10 + site.index}.${2 + Math.floor(index / 200)}.${10 + (index % 200)}`;
  const device = `PC-${1000 + ((index * 7919 + 137) % 9000)}`;
  const popular = KNOWN_SITES.filter((s) => s.weight > 1);
  return {
    index,
    name: `${first} ${last}`,
    login,
    plainId: `${first[0]}${middle}${last[0]}${String((index * 37 + 11) % 10_000).padStart(4, '0')}`.toUpperCase(),
    email: `${first}.${last}${suffix}@corp.example`.toLowerCase(),
    site,
    device,
    address,
    homeAddress: publicAddress(random),
    tunnelAddress: `10.200.${Math.floor(index / 200)}.${10 + (index % 200)}`,
    habits: drawHabits(random, assignment.role),
    assignments: [assignment],
    admin: assignment.role.admin !== 'none',
    hiredDay,
    leftDay: Number.POSITIVE_INFINITY,
    absentDays: drawAbsences(random, ground),
    travel: drawTravel(random, ground, assignment.role),
    favouriteSites: [
      ...sample(random, popular, 14),
      ...sample(random, ground.longTail, 18),
      ...sample(
        random,
        KNOWN_SITES.filter((s) => s.weight > 0.3),
        3,
      ),
    ],
    externalContacts: Array.from(
      { length: 12 },
      () =>
        `${pick(random, FIRST_NAMES).toLowerCase()}@${pick(random, TOPIC_WORDS)}-${pick(random, TOPIC_WORDS)}.example`,
    ),
    documents: buildTree(random, {
      root: `C:\\Users\\${login}\\Documents`,
      host: device,
      address,
      separator: '\\',
      count: 70,
      extensions: EXTENSIONS[department]!,
      sensitivity: chance(random, 0.3) ? 1 : 0,
    }),
    personality: Array.from({ length: 5 }, () => whole(random, 10, 50)),
  };
}

function drawAbsences(random: Random, ground: Ground): Set<number> {
  const days = new Set<number>();
  const add = (from: number, length: number): void => {
    for (let d = from; d < from + length; d++) days.add(d);
  };
  for (let d = ground.startDay; d < ground.endDay; d++) {
    if (chance(random, 0.0045)) add(d, pick(random, [1, 2, 5, 7, 9, 14]));
    else if (chance(random, 0.009)) add(d, pick(random, [1, 1, 1, 2, 2, 3, 5]));
  }
  return days;
}

function drawTravel(random: Random, ground: Ground, role: RoleProfile): Person['travel'] {
  const trips: Person['travel'] = [];
  for (let d = ground.startDay; d < ground.endDay; d++) {
    if (!chance(random, role.travel / 2.5)) continue;
    const toDay = d + whole(random, 2, 5);
    trips.push({ fromDay: d, toDay, address: publicAddress(random) });
    d = toDay;
  }
  return trips;
}

/** One person after another, departments in proportion, leads chosen from the first members. */
export function hirePeople(ground: Ground, count: number): Person[] {
  const total = DEPARTMENTS.reduce((sum, d) => sum + d.weight, 0);
  const slots: { department: string; order: number }[] = [];
  for (const department of DEPARTMENTS) {
    const heads = Math.max(department.name === 'IT Operations' ? 2 : 0, (count * department.weight) / total);
    for (let i = 0; i < Math.ceil(heads); i++) slots.push({ department: department.name, order: (i + 0.5) / heads });
  }
  slots.sort((a, b) => a.order - b.order);
  const taken = new Set<string>();
  return slots.slice(0, count).map(({ department }, index) => {
    const person = drawPerson(ground, index, department, taken);
    const { team, projects } = person.assignments[0]!;
    team.members.push(person);
    team.lead ??= person;
    for (const project of projects) project.members.push(person);
    return person;
  });
}

/** Role changes and leavers inside the period, about 2 % of the people a month each, at least one of each from 50 people. */
export function moveSomePeople(ground: Ground): void {
  const random = randomFor(ground.seed, 'moves');
  const span = ground.endDay - ground.startDay;
  const count = Math.max(ground.people.length >= 50 ? 1 : 0, Math.round((ground.people.length * 0.02 * span) / 30));
  const settled = ground.people.filter((p) => p.hiredDay < ground.startDay && p.index > 3);
  const chosen = sample(random, settled, 2 * count);
  for (const [i, person] of chosen.entries()) {
    const day = ground.startDay + Math.round(span * between(random, 0.25, 0.9));
    if (i % 2 === 0) {
      person.leftDay = day;
      continue;
    }
    const current = person.assignments[0]!;
    const department = chance(random, 0.6) ? current.department : pick(random, DEPARTMENTS).name;
    const next = assign(random, ground, department, day);
    if (next.role.admin !== 'none' && !person.admin) person.admin = true;
    person.assignments.push(next);
    next.team.members.push(person);
    for (const project of next.projects) project.members.push(person);
  }
}
