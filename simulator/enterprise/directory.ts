import { formatDay } from '../../src/domain/time.ts';
import { adminAccount, cloudAccount, windowsAccount } from './accounts.ts';
import type { Company } from './company.ts';
import { randomFor, whole } from './draw.ts';
import { departmentNamed } from './roles.ts';
import type { HrRecord } from './types.ts';

/** HR's view by date. Role changes reach HR up to two weeks after, or a few days before, they happen. */
export function buildDirectory(company: Company): HrRecord[] {
  return company.people.flatMap((person) => {
    const random = randomFor(company.seed, `hr/${person.index}`);
    const starts = person.assignments.map((a, i) => (i === 0 ? a.fromDay : a.fromDay + whole(random, -4, 14)));
    return person.assignments.map((assignment, i): HrRecord => {
      const until = starts[i + 1] ?? (Number.isFinite(person.leftDay) ? person.leftDay : undefined);
      const lead = assignment.team.lead;
      return {
        account: person.login,
        plainId: person.plainId,
        fromDay: formatDay(starts[i]!),
        toDay: until === undefined ? '' : formatDay(until),
        name: person.name,
        email: person.email,
        role: assignment.role.name,
        businessUnit: 'Corp',
        functionalUnit: departmentNamed(assignment.department).functionalUnit,
        department: assignment.department,
        team: assignment.team.name,
        supervisor: lead && lead !== person ? lead.name : '',
        projects: assignment.projects.map((p) => p.name),
        timeZone: person.site.zone,
        aliases: [
          windowsAccount(person),
          cloudAccount(person),
          person.email,
          ...(person.admin ? [adminAccount(person)] : []),
        ],
      };
    });
  });
}
