import { formatDay } from '../../src/domain/time.ts';
import { accountsOf } from './accounts.ts';
import type { Company } from './company.ts';
import type { Episode } from './scenarios/episode.ts';
import type { Mark, TruthEpisode, TruthFact } from './types.ts';

export interface Truth {
  episodes: TruthEpisode[];
  facts: TruthFact[];
  add(mark: Mark, day: string, activityId: string): void;
  reset(): void;
  /** Everything as JSON lines, in a fixed order; benign episodes in which chance let nothing happen are left out. */
  lines(): string[];
}

const dayOrNull = (day: number): string | null => (Number.isFinite(day) ? formatDay(day) : null);

function factsOf(company: Company): TruthFact[] {
  const facts: TruthFact[] = company.people.map((person) => ({
    type: 'person',
    person: person.login,
    plainId: person.plainId,
    accounts: accountsOf(person),
    device: person.device,
    hired: formatDay(person.hiredDay),
    left: dayOrNull(person.leftDay),
    role: person.assignments[0]!.role.name,
    department: person.assignments[0]!.department,
    team: person.assignments[0]!.team.name,
    assignments: person.assignments.map((a) => ({
      from: formatDay(a.fromDay),
      role: a.role.name,
      department: a.department,
      team: a.team.name,
      projects: a.projects.map((p) => p.name),
    })),
  }));
  for (const person of company.people)
    for (const [i, to] of person.assignments.entries()) {
      const from = person.assignments[i - 1];
      if (!from) continue;
      facts.push({
        type: 'role-change',
        person: person.login,
        day: formatDay(to.fromDay),
        settledDay: formatDay(to.fromDay + 10),
        from: { department: from.department, team: from.team.name, role: from.role.name },
        to: { department: to.department, team: to.team.name, role: to.role.name },
      });
    }
  const { calendar } = company;
  for (const day of calendar.holidays)
    if (day >= company.startDay && day < company.endDay)
      facts.push({ type: 'event', kind: 'holiday', start: formatDay(day), end: formatDay(day) });
  for (const day of calendar.patchNights)
    facts.push({ type: 'event', kind: 'patch-night', start: formatDay(day), end: formatDay(day + 1) });
  for (const { day, server } of calendar.maintenance)
    facts.push({
      type: 'event',
      kind: 'maintenance',
      start: formatDay(day),
      end: formatDay(day + 1),
      target: server.name,
    });
  for (const test of calendar.penetrationTests)
    facts.push({
      type: 'event',
      kind: 'penetration-test',
      start: formatDay(test.fromDay),
      end: formatDay(test.toDay - 1),
      people: test.testers.map((p) => p.login),
    });
  for (const news of calendar.layoffNews)
    facts.push({
      type: 'event',
      kind: 'layoff-news',
      start: formatDay(news.day),
      end: formatDay(news.day),
      department: news.department,
    });
  for (const project of company.projects)
    if (project.fromDay >= company.startDay)
      facts.push({
        type: 'event',
        kind: 'project-start',
        start: formatDay(project.fromDay),
        end: formatDay(project.fromDay),
        project: project.name,
        people: project.members.map((p) => p.login),
      });
  return facts;
}

export function createTruth(company: Company, plans: Episode[]): Truth {
  const episodes = plans.map((p) => p.record);
  const facts = factsOf(company);
  return {
    episodes,
    facts,
    add({ record, stage }, day, activityId) {
      let entry = record.days.find((d) => d.day === day && d.stage === stage);
      if (!entry) {
        entry = { day, stage, activityIds: [] };
        record.days.push(entry);
      }
      entry.activityIds.push(activityId);
    },
    reset() {
      for (const episode of episodes) episode.days = [];
    },
    lines: () =>
      [...episodes.filter((e) => e.type === 'insider' || e.days.length > 0), ...facts].map((record) =>
        JSON.stringify(record),
      ),
  };
}
