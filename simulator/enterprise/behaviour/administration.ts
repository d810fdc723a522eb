import type { Random } from '../../../src/numeric/random.ts';
import { adminAccount, windowsAccount } from '../accounts.ts';
import { controllerOf, serversOf } from '../company.ts';
import { between, chance, exponential, pick, whole } from '../draw.ts';
import type { PersonDay } from '../person-day.ts';
import { peripheral, removableCopy } from '../records/other.ts';
import {
  accountChange,
  explicitLogon,
  failedLogon,
  launch,
  logoff,
  logon,
  memberAdded,
  specialPrivileges,
} from '../records/windows.ts';
import type { Person } from '../types.ts';
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
