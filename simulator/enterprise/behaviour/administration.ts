import { weekday } from '../../../src/domain/time.ts';
import type { Random } from '../../../src/numeric/random.ts';
import { adminAccount, windowsAccount } from '../accounts.ts';
import { controllerOf, serversOf } from '../company.ts';
import { between, chance, exponential, pick, pickEarly, poisson, whole } from '../draw.ts';
import type { PersonDay } from '../person-day.ts';
import { connection, peripheral, removableCopy, sshCommand, sshLogon, tunnel } from '../records/other.ts';
import {
  accountChange,
  explicitLogon,
  failedLogon,
  launch,
  logoff,
  logon,
  memberAdded,
  serviceTicket,
  specialPrivileges,
} from '../records/windows.ts';
import type { Person, Server } from '../types.ts';
import { toolFile } from './files.ts';
import { archiveOn } from './tools.ts';

const SYSTEM = 'C:\\Windows\\System32\\';
const ADMIN_COMMANDS = ['services.msc', 'eventvwr.msc', 'Get-Service', 'Get-EventLog System', 'gpupdate /force', 'ipconfig /all', 'sfc /scannow', 'Get-Volume']; // biome-ignore format: dense
const GROUPS = ['VPN Users', 'Project Readers', 'ERP Users', 'CRM Users', 'Remote Desktop Users', 'Share Writers'];

/** Explicit credentials, a remote desktop session on a machine, a few commands, logoff. */
export function administer(
  today: PersonDay,
  random: Random,
  minute: number,
  machine: { name: string; address: string },
): void {
  const { person, address, account } = today;
  const admin = adminAccount(person);
  const by = { account: admin, device: machine.name, source: address, logonType: chance(random, 0.7) ? 10 : 3 };
  today.emit(
    explicitLogon(today.at(minute, random), account, person.device, admin, machine.name, `${SYSTEM}mstsc.exe`),
  );
  if (chance(random, 0.04)) today.emit(failedLogon(today.at(minute + 0.2, random), by));
  today.emit(logon(today.at(minute + 0.4, random), by));
  today.emit(specialPrivileges(today.at(minute + 0.4, random), admin, machine.name));
  let at = minute + 1;
  for (let i = Math.floor(exponential(random, 2)); i > 0; i--) {
    at += exponential(random, 2);
    const command = pick(random, ADMIN_COMMANDS);
    const image = command.endsWith('.msc')
      ? 'mmc.exe'
      : command.startsWith('Get-')
        ? 'WindowsPowerShell\\v1.0\\powershell.exe'
        : 'cmd.exe';
    today.emit(launch(today.at(at, random), admin, machine.name, `${SYSTEM}${image}`, command));
  }
  if (chance(random, 0.03)) archiveOn(today, at + 1, admin, machine.name, random, 2e7 * (0.2 + random.next()));
  today.emit(logoff(today.at(at + 2 + exponential(random, 10), random), by));
}

/** A helpdesk visit at somebody's desk: own administrative logon, a drive with installers, a setup run. */
function visitDesk(today: PersonDay, random: Random, user: Person): void {
  const admin = adminAccount(today.person);
  const minute = chance(random, 0.12) ? today.presence.end + whole(random, 5, 90) : today.minute(random);
  const by = { account: admin, device: user.device, source: user.address, logonType: 2 };
  today.emit(logon(today.at(minute, random), by));
  today.emit(specialPrivileges(today.at(minute, random), admin, user.device));
  if (chance(random, 0.5)) {
    const tool = toolFile(random);
    const volume = `E: Generic ${1000 + today.person.index}`;
    today.emit(peripheral(today.at(minute + 1, random), 'connect', admin, user.device, volume));
    today.emit(removableCopy(today.at(minute + 2, random), admin, user.device, tool, 'from'));
    today.emit(launch(today.at(minute + 3, random), admin, user.device, `C:\\ProgramData\\${tool.name}`, '/quiet'));
    today.emit(peripheral(today.at(minute + 6, random), 'disconnect', admin, user.device, volume));
  }
  today.emit(logoff(today.at(minute + between(random, 7, 40), random), by));
}

export function administration(today: PersonDay): void {
  const random = today.random('administration');
  const { company, person } = today;
  const kind = today.assignment(random).role.admin;
  if (kind === 'none' || !person.admin) return;
  const controller = controllerOf(company, person.site);
  const admin = adminAccount(person);
  if (kind === 'helpdesk') {
    for (let i = today.count(random, 3.2); i > 0; i--) {
      const user = pick(random, company.people);
      if (chance(random, 0.2)) {
        visitDesk(today, random, user);
        continue;
      }
      administer(today, random, today.minute(random), { name: user.device, address: user.address });
      const minute = today.minute(random);
      if (chance(random, 0.4))
        today.emit(
          accountChange(today.at(minute, random), 4724, 'password_reset', admin, controller.name, windowsAccount(user)),
        );
      if (chance(random, 0.15))
        today.emit(
          memberAdded(today.at(minute + 2, random), admin, controller.name, windowsAccount(user), pick(random, GROUPS)),
        );
    }
    const newcomer = company.people.find((p) => p.hiredDay === today.day + 1);
    if (newcomer && chance(random, 0.6)) {
      const minute = today.minute(random);
      today.emit(
        accountChange(today.at(minute, random), 4720, 'create', admin, controller.name, windowsAccount(newcomer)),
      );
      today.emit(
        memberAdded(today.at(minute + 1, random), admin, controller.name, windowsAccount(newcomer), 'VPN Users'),
      );
    }
    return;
  }
  const machines = kind === 'databases' ? serversOf(company, 'database') : company.servers;
  for (let i = today.count(random, kind === 'security' ? 1.2 : 3); i > 0; i--)
    administer(
      today,
      random,
      today.minute(random),
      machines[(person.index * 5 + Math.floor(machines.length * random.next() ** 2)) % machines.length]!,
    );
}

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
