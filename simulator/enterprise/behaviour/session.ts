import { cloudAccount, machineAccount } from '../accounts.ts';
import { controllerOf } from '../company.ts';
import { between, chance, poisson } from '../draw.ts';
import type { PersonDay } from '../person-day.ts';
import { failedTunnel, tunnel } from '../records/network.ts';
import { cloudLogon } from '../records/other.ts';
import { authenticationTicket, failedLogon, launch, logoff, logon, serviceTicket } from '../records/windows.ts';

/** Machine start, logon, lunch, VPN and the end of the day. */
export function session(today: PersonDay): void {
  const random = today.random('session');
  const { person, presence, account, company } = today;
  const device = person.device;
  const { start, end, lunch, evening, mode, weekend } = presence;
  const controller = controllerOf(company, person.site);
  const away = mode !== 'office';
  const outside = today.outsideAddress;
  const local = { account, device, source: away ? '127.0.0.1' : person.address };
  const first = start - between(random, 0.5, 4);
  const machine = machineAccount(device);
  today.emit(authenticationTicket(today.at(first - 0.5, random), `${device}$`, controller, today.address));
  today.emit(
    logon(today.at(first - 0.3, random), {
      account: machine,
      device: controller.name,
      source: today.address,
      logonType: 3,
    }),
  );
  for (let i = poisson(random, 0.12); i > 0; i--)
    today.emit(failedLogon(today.at(first - 0.2, random), { ...local, logonType: away ? 11 : 2 }));
  today.emit(logon(today.at(first, random), { ...local, logonType: away ? 11 : 2 }));
  if (away) {
    if (chance(random, 0.05)) today.emit(failedTunnel(today.at(first + 0.4, random), person.login, outside));
    today.emit(tunnel(today.at(first + 1, random), 'connect', person, outside));
    today.emit(tunnel(today.at(end + 1, random), 'disconnect', person, outside, Math.round(between(random, 2e7, 9e8))));
  }
  if (away && person.habits.remoteDesktop)
    today.emit(logon(today.at(first + 1.6, random), { account, device, source: person.tunnelAddress, logonType: 10 }));
  today.emit(authenticationTicket(today.at(first + 1.2, random), person.login, controller, today.address));
  for (const service of ['MAIL-01$', 'cifs/FS', 'ldap/DC']) {
    const name =
      service === 'cifs/FS'
        ? `cifs/FS-${person.site.code}-01`
        : service === 'ldap/DC'
          ? `ldap/${controller.name}`
          : service;
    if (chance(random, 0.9))
      today.emit(
        serviceTicket(today.at(start + between(random, 0, 30), random), person.login, controller, today.address, name),
      );
  }
  if (chance(random, 0.8))
    today.emit(cloudLogon(today.at(start + between(random, 0, 25), random), cloudAccount(person), today.cloudAddress));
  if (chance(random, 0.02))
    today.emit(cloudLogon(today.at(today.minute(random), random), cloudAccount(person), outside, 'failure'));
  const breaks = weekend ? 0 : 1 + poisson(random, 1.6);
  for (let i = 0; i < breaks; i++) {
    const minute = i === 0 ? lunch[1] : today.minute(random);
    if (chance(random, 0.04)) today.emit(failedLogon(today.at(minute - 0.2, random), { ...local, logonType: 7 }));
    today.emit(logon(today.at(minute, random), { ...local, logonType: 7 }));
  }
  if (person.habits.logsOff) today.emit(logoff(today.at(end, random), { ...local, logonType: 2 }, 4647));
  if (!evening) return;
  today.emit(
    logon(today.at(evening[0] - 1, random), {
      ...local,
      source: '127.0.0.1',
      logonType: person.habits.logsOff ? 11 : 7,
    }),
  );
  today.emit(tunnel(today.at(evening[0], random), 'connect', person, person.homeAddress));
  today.emit(
    tunnel(
      today.at(evening[1] + 1, random),
      'disconnect',
      person,
      person.homeAddress,
      Math.round(between(random, 2e6, 2e8)),
    ),
  );
  if (person.habits.logsOff) today.emit(logoff(today.at(evening[1], random), { ...local, logonType: 2 }, 4647));
}

/** Shop floor terminals and meeting rooms: short logons on machines that nobody owns. */
export function sharedMachines(today: PersonDay): void {
  const random = today.random('shared-machines');
  const { person, presence, account, company } = today;
  if (presence.mode !== 'office') return;
  const machines = company.sharedMachines.filter((m) => m.site === person.site);
  for (let i = poisson(random, person.habits.sharedMachineRate); i > 0; i--) {
    const machine =
      machines[(person.index + (chance(random, 0.2) ? random.int(machines.length) : 0)) % machines.length]!;
    const minute = today.minute(random);
    const by = { account, device: machine.name, source: machine.address, logonType: 2 };
    if (chance(random, 0.05)) today.emit(failedLogon(today.at(minute - 0.3, random), by));
    today.emit(logon(today.at(minute, random), by));
    if (chance(random, 0.5))
      today.emit(launch(today.at(minute + 1, random), account, machine.name, 'C:\\Windows\\explorer.exe', ''));
    today.emit(logoff(today.at(minute + between(random, 4, 50), random), by, 4647));
  }
}
