import { chance, exponential, logNormal, pick, pickEarly, sample } from '../draw.ts';
import type { PersonDay } from '../person-day.ts';
import { mailReceived, mailSent } from '../records/network.ts';
import type { Person } from '../types.ts';

/** Mail partners: the team, people of the same projects, now and then anybody. */
function colleague(today: PersonDay, random: ReturnType<PersonDay['random']>): Person {
  const assignment = today.assignment(random);
  const roll = random.next();
  const project = assignment.projects[0];
  if (roll < 0.5) return pick(random, assignment.team.members);
  if (roll < 0.85 && project) return pickEarly(random, project.members, 1.5);
  return pick(random, today.company.people);
}

export function mailWork(today: PersonDay): void {
  const random = today.random('mail');
  const { person, address } = today;
  const role = today.assignment(random).role;
  const factor = person.habits.volume.mail;
  for (let i = today.count(random, role.mailSend * factor); i > 0; i--) {
    const external = chance(random, role.externalMail);
    const count = 1 + Math.min(14, Math.floor(exponential(random, 0.9)));
    const recipients = new Set<string>();
    for (let k = 0; k < count; k++)
      recipients.add(
        external && (k === 0 || chance(random, 0.3))
          ? pickEarly(random, person.externalContacts, 2)
          : colleague(today, random).email,
      );
    if (chance(random, 0.004)) recipients.add(`${person.login}@gmail.com`);
    const list = [...recipients];
    const attachments = chance(random, 0.18) ? 1 + Math.floor(exponential(random, 0.7)) : 0;
    const bytes = Math.round(logNormal(random, 9000, 0.9) + attachments * logNormal(random, 200_000, 1.2));
    const externalCount = list.filter((r) => !r.endsWith('@corp.example')).length;
    today.emit(
      mailSent(today.at(today.minute(random), random), person.email, {
        recipients: list,
        externalCount,
        attachments,
        bytes,
        device: person.device,
        source: address,
      }),
    );
  }
  for (let i = today.count(random, role.mailReceive * factor); i > 0; i--) {
    const sender = chance(random, role.externalMail + 0.1)
      ? pickEarly(random, person.externalContacts, 2)
      : colleague(today, random).email;
    const attachments = chance(random, 0.15) ? 1 : 0;
    today.emit(
      mailReceived(
        today.at(today.minute(random), random),
        person,
        sender,
        attachments,
        Math.round(logNormal(random, 14_000, 1.1)),
      ),
    );
  }
  if (chance(random, role.massMail)) {
    const everyone = today.company.people;
    const audience = sample(random, everyone, Math.max(5, Math.round(everyone.length * (0.15 + 0.7 * random.next()))));
    today.emit(
      mailSent(today.at(today.minute(random), random), person.email, {
        recipients: audience.slice(0, 20).map((p) => p.email),
        recipientCount: audience.length,
        externalCount: 0,
        attachments: chance(random, 0.4) ? 1 : 0,
        bytes: Math.round(logNormal(random, 40_000, 0.8)),
        device: person.device,
        source: address,
      }),
    );
  }
}
