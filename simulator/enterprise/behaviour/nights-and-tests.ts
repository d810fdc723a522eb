import { weekday } from '../../../src/domain/time.ts';
import type { Random } from '../../../src/numeric/random.ts';
import { windowsAccount } from '../accounts.ts';
import { controllerOf, serversOf } from '../company.ts';
import { between, chance, pick, pickEarly, poisson, whole } from '../draw.ts';
import type { PersonDay } from '../person-day.ts';
import { connection, tunnel } from '../records/network.ts';
import { sshCommand, sshLogon } from '../records/other.ts';
import { failedLogon, launch, logon, serviceTicket } from '../records/windows.ts';
import type { Server } from '../types.ts';
import { administer } from './administration.ts';

const SYSTEM = 'C:\\Windows\\System32\\';

/** Night calls: the on-call person of a team, a week at a time, is woken some nights. */
export function onCall(today: PersonDay): void {
  const random = today.random('on-call');
  const { person, company, day } = today;
  const assignment = today.assignment(random);
  if (!assignment.role.onCall || today.presence.mode === 'off') return;
  const rota = assignment.team.members.filter((m) => m.assignments[0]!.role.onCall);
  const week = Math.floor((day + 3) / 7);
  if (rota.length === 0 || rota[week % rota.length] !== person || !chance(random, 0.3)) return;
  const minute = chance(random, 0.7) ? whole(random, 22 * 60, 26 * 60) : whole(random, 27 * 60, 29 * 60);
  nightWork(today, random, minute, [pickEarly(random, serversOf(company, 'application', 'web', 'database', 'build'))]);
}

function nightWork(today: PersonDay, random: Random, minute: number, servers: Server[]): void {
  const { person } = today;
  today.emit(tunnel(today.at(minute, random), 'connect', person, person.homeAddress));
  today.emit(
    logon(today.at(minute + 0.5, random), {
      account: today.account,
      device: person.device,
      source: '127.0.0.1',
      logonType: 7,
    }),
  );
  let at = minute + 2;
  for (const server of servers) {
    if (person.admin) administer(today, random, at, server);
    else {
      today.emit(sshLogon(today.at(at, random), person.login, today.address, server));
      for (let k = poisson(random, 5); k > 0; k--)
        today.emit(
          sshCommand(
            today.at(at + between(random, 1, 25), random),
            person.login,
            server,
            pick(random, ['tail -n 200 /var/log/app.log', 'sudo systemctl restart app', 'df -h']),
          ),
        );
    }
    at += between(random, 3, 12);
  }
  today.emit(tunnel(today.at(at + 5, random), 'disconnect', person, person.homeAddress, 30_000_000));
}

/** Patch nights put server administrators on every server; maintenance windows put one of them on one server. */
export function plannedNights(today: PersonDay): void {
  const random = today.random('planned-nights');
  const { person, company, day } = today;
  const kind = today.assignment(random).role.admin;
  if (
    (kind !== 'servers' && kind !== 'databases') ||
    today.person.absentDays.has(day) ||
    day >= person.leftDay ||
    day < person.hiredDay
  )
    return;
  if (company.calendar.patchNights.includes(day)) {
    const mine = company.servers.filter((s) => (kind === 'databases') === (s.kind === 'database'));
    nightWork(today, random, whole(random, 21 * 60 + 30, 23 * 60), mine);
  }
  for (const { day: on, server } of company.calendar.maintenance)
    if (on === day && kind === 'servers' && weekday(day) === 5 && person.index % 2 === 0)
      nightWork(today, random, whole(random, 20 * 60, 23 * 60), [server]);
}

/** A penetration test: testers scan, guess passwords and try tickets against many hosts for a few days. */
export function penetrationTest(today: PersonDay): void {
  const { company, person, day, address, account } = today;
  const test = company.calendar.penetrationTests.find(
    (t) => day >= t.fromDay && day < t.toDay && t.testers.includes(person),
  );
  if (!test || today.presence.mode === 'off') return;
  const random = today.random('penetration-test');
  const targets = [...company.servers, ...company.people.map((p) => ({ name: p.device, address: p.address }))];
  const start = today.minute(random);
  for (let i = whole(random, 80, 400); i > 0; i--) {
    const target = pick(random, targets);
    const port = pick(random, [22, 80, 135, 139, 443, 445, 1433, 3389, 5985, 8080]);
    today.emit(
      connection(
        today.at(start + between(random, 0, 90), random),
        person.device,
        address,
        target.address,
        `tcp/${port}`,
        chance(random, 0.35) ? 'success' : 'failure',
      ),
    );
  }
  for (let i = whole(random, 5, 40); i > 0; i--) {
    const server = pick(random, company.servers);
    today.emit(
      failedLogon(today.at(today.minute(random), random), {
        account: windowsAccount(pick(random, company.people)),
        device: server.name,
        source: address,
        logonType: 3,
      }),
    );
  }
  const controller = controllerOf(company, person.site);
  for (let i = whole(random, 3, 25); i > 0; i--)
    today.emit(
      serviceTicket(
        today.at(today.minute(random), random),
        person.login,
        controller,
        address,
        `MSSQLSvc/${pick(random, company.servers).name}`,
      ),
    );
  for (const command of [
    '/c whoami /all',
    '/c net group "Domain Admins" /domain',
    '/c nltest /domain_trusts',
    '/c net view',
  ])
    if (chance(random, 0.7))
      today.emit(launch(today.at(today.minute(random), random), account, person.device, `${SYSTEM}cmd.exe`, command));
}
