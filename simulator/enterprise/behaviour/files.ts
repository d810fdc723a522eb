import type { Random } from '../../../src/numeric/random.ts';
import { closingPressure } from '../calendar.ts';
import { controllerOf } from '../company.ts';
import { between, chance, exponential, overdispersed, pick } from '../draw.ts';
import { pickFile } from '../files.ts';
import type { PersonDay } from '../person-day.ts';
import { localFile, peripheral, removableCopy } from '../records/other.ts';
import { failedLogon, logon, serviceTicket, shareFile, shareOpen } from '../records/windows.ts';
import type { Assignment, FileEntry, FolderTree, Person } from '../types.ts';

/** Which share a person turns to: mostly team and projects, sometimes the department's or the company's. */
function chooseShare(today: PersonDay, assignment: Assignment, random: Random): FolderTree {
  const { company, person, day } = today;
  const roll = random.next();
  const open = assignment.projects.filter((p) => p.fromDay <= day);
  if (roll < 0.45 && open.length) return pick(random, open).share;
  if (roll < 0.8) return assignment.team.share;
  if (roll < 0.93) return company.departmentShares.get(assignment.department)!;
  if (roll > 1 - 0.25 * person.habits.noveltyRate) return pick(random, company.projects).share;
  return company.companyShare;
}

export function shareWork(today: PersonDay): void {
  const random = today.random('shares');
  const { person, company, account, address, day } = today;
  const assignment = today.assignment(random);
  const pressure = assignment.department === 'Finance' ? 1 + 0.7 * closingPressure(day) : 1;
  let left = today.count(random, assignment.role.share * person.habits.volume.share * pressure);
  const seen = new Set<string>();
  while (left > 0) {
    const tree = chooseShare(today, today.assignment(random), random);
    let minute = today.minute(random);
    if (!seen.has(tree.host)) {
      seen.add(tree.host);
      const controller = controllerOf(company, person.site);
      today.emit(serviceTicket(today.at(minute - 0.1, random), person.login, controller, address, `cifs/${tree.host}`));
      today.emit(logon(today.at(minute - 0.05, random), { account, device: tree.host, source: address, logonType: 3 }));
    }
    today.emit(shareOpen(today.at(minute, random), account, tree, address));
    const burst = Math.min(left, 1 + Math.floor(exponential(random, 3)));
    for (let i = 0; i < burst; i++) {
      minute += exponential(random, 1.5);
      const roll = random.next();
      const activity = roll < 0.72 ? 'read' : roll < 0.92 ? 'update' : roll < 0.98 ? 'create' : 'delete';
      today.emit(
        shareFile(
          today.at(minute, random),
          activity,
          account,
          tree,
          pickFile(random, tree, day, person.index % 17),
          address,
        ),
      );
    }
    left -= burst;
  }
}

export function localWork(today: PersonDay): void {
  const random = today.random('local');
  const { person, account, day } = today;
  const role = today.assignment(random).role;
  for (let i = today.count(random, role.local * person.habits.volume.local); i > 0; i--) {
    const file = pickFile(random, person.documents, day);
    const roll = random.next();
    const activity =
      roll < 0.5 ? 'read' : roll < 0.78 ? 'update' : roll < 0.92 ? 'create' : roll < 0.97 ? 'copy' : 'delete';
    const program =
      file.category === 'spreadsheet' ? 'EXCEL.EXE' : file.category === 'document' ? 'WINWORD.EXE' : 'explorer.exe';
    today.emit(
      localFile(today.at(today.minute(random), random), activity, account, person.device, file.path, file, program),
    );
  }
}

/** One plug-in of a drive with the copies made while it is in. */
export function removableUse(today: PersonDay): void {
  const random = today.random('removable');
  const { person, account, day } = today;
  if (!chance(random, person.habits.removableRate)) return;
  const minute = today.minute(random);
  const length = between(random, 3, 60);
  const volume = `E: SanDisk ${1000 + person.index}`;
  today.emit(peripheral(today.at(minute, random), 'connect', account, person.device, volume));
  const tree = chance(random, 0.4) ? today.assignment(random).team.share : person.documents;
  const copies = overdispersed(random, 5, 0.8);
  for (let i = 0; i < copies; i++) {
    const tool = person.admin && chance(random, 0.35);
    const direction = chance(random, 0.7) ? 'to' : 'from';
    today.emit(
      removableCopy(
        today.at(minute + between(random, 0.2, length), random),
        account,
        person.device,
        tool ? toolFile(random) : pickFile(random, tree, day),
        direction,
      ),
    );
  }
  if (chance(random, 0.9))
    today.emit(peripheral(today.at(minute + length + 0.5, random), 'disconnect', account, person.device, volume));
}

const TOOLS = [
  'setup-agent.exe',
  'driver-pack.exe',
  'vpn-client.msi',
  'kbd-layout.msi',
  'diag.exe',
  'spsetup.exe',
  'winupdate-helper.exe',
];

/** An installer as administrators carry it about. */
export function toolFile(random: Random): FileEntry {
  const name = pick(random, TOOLS);
  return {
    path: `C:\\Tools\\${name}`,
    name,
    category: 'executable',
    sensitivity: 0,
    sizeBytes: 1_000_000 + random.int(9_000_000),
  };
}

/** Some teams keep files in folders on a colleague's machine instead of the share. */
export function peerFolders(today: PersonDay): void {
  const random = today.random('peer-folders');
  const { person, account, address, day } = today;
  if (!chance(random, person.habits.peerFolderRate)) return;
  const { members } = today.assignment(random).team;
  const owner = members[(person.index + (chance(random, 0.25) ? random.int(members.length) : 1)) % members.length]!;
  if (owner === person) return;
  const minute = today.minute(random);
  const by = { account, device: owner.device, source: address, logonType: 3 };
  if (chance(random, 0.08)) today.emit(failedLogon(today.at(minute - 0.1, random), by));
  today.emit(logon(today.at(minute, random), by));
  for (let i = overdispersed(random, 3, 1.5); i > 0; i--) {
    const file = pickFile(random, owner.documents, day);
    const path = `${peerFolder(owner)}\\${file.name}`;
    today.emit(
      shareFile(
        today.at(minute + between(random, 0.2, 15), random),
        'read',
        account,
        { host: owner.device, address: owner.address },
        { ...file, path },
        address,
      ),
    );
  }
}

export const peerFolder = (owner: Person): string => `\\\\${owner.device}\\Users\\${owner.login}\\Documents`;
