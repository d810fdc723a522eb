import { peerFolder } from '../behaviour/files.ts';
import { pagePath } from '../behaviour/web-work.ts';
import { between, exponential, logNormal, pick } from '../draw.ts';
import { pickFile } from '../files.ts';
import { mailSent, tunnel, web } from '../records/network.ts';
import { peripheral, removableCopy } from '../records/other.ts';
import { logon, shareFile, shareOpen } from '../records/windows.ts';
import type { FileEntry, FolderTree, Person, WebSite } from '../types.ts';
import type { EpisodeDay } from './episode.ts';

/** Moves that scenarios and ordinary people share: the same code writes both, so no scenario has a signature of its own. */

export function returnAtNight(today: EpisodeDay, minute: number, minutes: number, remote: boolean): void {
  const { person, dice, account } = today;
  today.emit(
    logon(today.at(minute - 1, dice), {
      account,
      device: person.device,
      source: remote ? '127.0.0.1' : person.address,
      logonType: remote ? 11 : 7,
    }),
  );
  if (!remote) return;
  today.emit(tunnel(today.at(minute, dice), 'connect', person, person.homeAddress));
  today.emit(
    tunnel(
      today.at(minute + minutes, dice),
      'disconnect',
      person,
      person.homeAddress,
      Math.round(between(dice, 1e6, 2e8)),
    ),
  );
}

export function readShare(today: EpisodeDay, minute: number, tree: FolderTree, count: number): FileEntry[] {
  const { dice, account, address, day } = today;
  if (count <= 0) return [];
  const read: FileEntry[] = [];
  today.emit(shareOpen(today.at(minute, dice), account, tree, address));
  let at = minute;
  for (let i = 0; i < count; i++) {
    at += exponential(dice, 0.4);
    const file = pickFile(dice, tree, day, dice.int(tree.files.length));
    read.push(file);
    today.emit(shareFile(today.at(at, dice), 'read', account, tree, file, address));
  }
  return read;
}

export function copyToDrive(today: EpisodeDay, minute: number, files: readonly FileEntry[]): void {
  const { dice, account, person } = today;
  const volume = `E: ${pick(dice, ['SanDisk', 'Kingston', 'Generic', 'Samsung'])} ${1000 + person.index}`;
  today.emit(peripheral(today.at(minute, dice), 'connect', account, person.device, volume));
  let at = minute + 0.5;
  for (const file of files) {
    at += exponential(dice, 0.3);
    today.emit(removableCopy(today.at(at, dice), account, person.device, file));
  }
  if (dice.next() < 0.9) today.emit(peripheral(today.at(at + 1, dice), 'disconnect', account, person.device, volume));
}

export function browse(today: EpisodeDay, site: WebSite, visits: number, path?: () => string): void {
  const { dice, person, address } = today;
  let at = today.minute(dice);
  for (let i = 0; i < visits; i++) {
    const bytes = Math.round(logNormal(dice, 40_000, 1.2));
    today.emit(web(today.at(at, dice), 'visit', person, address, site, path ? path() : pagePath(dice), 900, bytes));
    at += exponential(dice, 2);
  }
}

export function uploadTo(today: EpisodeDay, minute: number, site: WebSite, files: readonly FileEntry[]): void {
  const { dice, person, address } = today;
  let at = minute;
  today.emit(web(today.at(at, dice), 'visit', person, address, site, '/', 900, 30_000));
  for (const file of files) {
    at += exponential(dice, 1);
    today.emit(
      web(today.at(at, dice), 'upload', person, address, site, `/upload/${file.name}`, file.sizeBytes + 800, 1500),
    );
  }
}

export function mailFiles(today: EpisodeDay, minute: number, recipient: string, files: readonly FileEntry[]): void {
  const { dice, person, address } = today;
  if (files.length === 0) return;
  today.emit(
    mailSent(today.at(minute, dice), person.email, {
      recipients: [recipient],
      externalCount: recipient.endsWith('@corp.example') ? 0 : 1,
      attachments: files.length,
      bytes: 4000 + files.reduce((sum, f) => sum + f.sizeBytes, 0),
      device: person.device,
      source: address,
    }),
  );
}

/** Logs on to somebody else's machine with the own account and looks through their documents. */
export function visitMachine(
  today: EpisodeDay,
  minute: number,
  owner: Person,
  count: number,
  logonType: 2 | 3 | 10,
): FileEntry[] {
  const { dice, account, address, day } = today;
  const root = peerFolder(owner);
  const source = logonType === 2 ? owner.address : address;
  today.emit(logon(today.at(minute, dice), { account, device: owner.device, source, logonType }));
  const files: FileEntry[] = [];
  let at = minute;
  for (let i = 0; i < count; i++) {
    at += exponential(dice, 0.6);
    const file = pickFile(dice, owner.documents, day);
    files.push(file);
    const path = logonType === 2 ? file.path : `${root}\\${file.name}`;
    today.emit(
      shareFile(
        today.at(at, dice),
        'read',
        account,
        { host: owner.device, address: owner.address },
        { ...file, path },
        source,
      ),
    );
  }
  return files;
}

export const privateMailbox = (person: Person): string => {
  const hosts = ['gmail.com', 'outlook.com', 'proton.me', 'yahoo.com'];
  return `${person.name.toLowerCase().replace(' ', '.')}${(person.index * 13) % 90}@${hosts[person.index % 4]!}`;
};
