import { cloudAccount } from '../accounts.ts';
import { archiveOn } from '../behaviour/tools.ts';
import { pagePath, uploadPath } from '../behaviour/web-work.ts';
import { controllerOf, serversOf } from '../company.ts';
import { between, chance, logNormal, overdispersed, pick, poisson, sample, whole } from '../draw.ts';
import { pickFile } from '../files.ts';
import { publicAddress } from '../people.ts';
import { isEmployed } from '../presence.ts';
import { failedTunnel, mailReceived, tunnel, web } from '../records/network.ts';
import { cloudLogon } from '../records/other.ts';
import { failedLogon, launch, logon, serviceTicket, shareFile, shareOpen } from '../records/windows.ts';
import type { WebSite } from '../types.ts';
import { sitesIn } from '../web-sites.ts';
import {
  type Casting,
  castWhere,
  createEpisode,
  drawIntensity,
  drawWindow,
  type Episode,
  type EpisodeDay,
} from './episode.ts';

const SYSTEM = 'C:\\Windows\\System32\\';

/** Phished account: new source address, discovery, several hosts, staging, exfiltration. */
export function accountCompromise(casting: Casting): Episode | undefined {
  const { company, random } = casting;
  const person = castWhere(casting, (p) => p.assignments.length === 1);
  if (!person) return undefined;
  const intensity = drawIntensity(random);
  const [fromDay, toDay] = drawWindow(casting, person, whole(random, 6, 20));
  const address = publicAddress(random);
  const phish = pick(random, company.longTail);
  const drop = chance(random, 0.5)
    ? pick(random, [...sitesIn('cloud_storage'), ...sitesIn('file_transfer')])
    : pick(random, company.longTail);
  const staged = pick(random, serversOf(company, 'file', 'application'));
  const hours: [number, number] = chance(random, 0.5) ? [9 * 60, 17 * 60] : [19 * 60, 28 * 60];
  const length = toDay - fromDay;
  return createEpisode(company, {
    type: 'insider', scenario: 'account-compromise', person, fromDay, toDay, intensity,
    act(today) {
      const { dice, day } = today;
      const step = (day - fromDay) / Math.max(1, length);
      const minute = between(dice, hours[0], hours[1]);
      if (day === fromDay) {
        today.stage = 'initial-access';
        const at = whole(dice, 9 * 60, 16 * 60);
        phishOthers(today, phish, at);
        today.emit(mailReceived(today.at(at, dice), person, `security@${phish.host}`, 0, 24_000));
        today.emit(web(today.at(at + 3, dice), 'visit', person, today.address, phish, pagePath(dice), 1800, 45_000));
        today.emit(cloudLogon(today.at(at + whole(dice, 8, 120), dice), cloudAccount(person), address));
        return;
      }
      if (!(day === fromDay + 1 || day === toDay - 1 || day === toDay || chance(dice, 0.35 + 0.35 * intensity))) return;
      today.stage = 'initial-access';
      if (chance(dice, 0.3)) today.emit(failedTunnel(today.at(minute - 2, dice), person.login, address));
      today.emit(tunnel(today.at(minute, dice), 'connect', person, address));
      today.emit(tunnel(today.at(minute + whole(dice, 90, 200), dice), 'disconnect', person, address, Math.round(between(dice, 1e6, 4e8))));
      today.emit(cloudLogon(today.at(minute + 1, dice), cloudAccount(person), address));
      if (step < 0.7) discover(today, minute + 3, intensity);
      if (step > 0.15) spread(today, minute + 25, intensity);
      if (step > 0.5) stageFiles(today, minute + 60, intensity, staged.name);
      if (step > 0.75) {
        today.stage = 'exfiltration';
        for (let i = 1 + poisson(dice, 2 * intensity); i > 0; i--)
          today.emit(web(today.at(minute + between(dice, 70, 110), dice), 'upload', person, person.tunnelAddress, drop, uploadPath(dice), Math.round(logNormal(dice, 4e7 * (0.1 + intensity), 1)), 900));
      }
    },
  }); // biome-ignore format: dense
}

/** The same mail reaches others, a few of whom look at the page and give nothing away: their part is not in the record. */
function phishOthers(today: EpisodeDay, phish: WebSite, minute: number): void {
  const { dice, company, sink } = today;
  for (const other of sample(dice, company.people, Math.round(company.people.length * 0.08))) {
    if (other === today.person || !isEmployed(other, today.day)) continue;
    sink.push(mailReceived(today.at(minute + dice.next(), dice), other, `security@${phish.host}`, 0, 24_000));
    if (chance(dice, 0.2))
      sink.push(
        web(
          today.at(minute + 5 + dice.int(200), dice),
          'visit',
          other,
          other.address,
          phish,
          pagePath(dice),
          1500,
          45_000,
        ),
      );
  }
}

function discover(today: EpisodeDay, minute: number, intensity: number): void {
  const { dice, person, account } = today;
  today.stage = 'discovery';
  today.emit(
    logon(today.at(minute, dice), { account, device: person.device, source: person.tunnelAddress, logonType: 10 }),
  );
  const commands = [
    '/c whoami /groups',
    '/c net group "Domain Admins" /domain',
    '/c net view /domain',
    '/c nltest /domain_trusts',
    '/c ipconfig /all',
    '/c systeminfo',
    '/c quser',
  ];
  for (const command of sample(dice, commands, 1 + Math.round(6 * intensity)))
    today.emit(
      launch(today.at(minute + between(dice, 1, 20), dice), account, person.device, `${SYSTEM}cmd.exe`, command),
    );
}

function spread(today: EpisodeDay, minute: number, intensity: number): void {
  const { dice, person, account, company } = today;
  today.stage = 'lateral-movement';
  const pool = [
    ...company.servers,
    ...sample(dice, company.people, 8).map((p) => ({ name: p.device, address: p.address })),
  ];
  const controller = controllerOf(company, person.site);
  for (const host of sample(dice, pool, 1 + poisson(dice, 1 + 7 * intensity))) {
    const at = minute + between(dice, 0, 35);
    today.emit(serviceTicket(today.at(at, dice), person.login, controller, person.tunnelAddress, `cifs/${host.name}`));
    const by = { account, device: host.name, source: person.tunnelAddress, logonType: chance(dice, 0.7) ? 3 : 10 };
    if (chance(dice, 0.35)) today.emit(failedLogon(today.at(at + 0.1, dice), by));
    today.emit(logon(today.at(at + 0.3, dice), by));
  }
}

function stageFiles(today: EpisodeDay, minute: number, intensity: number, host: string): void {
  const { dice, person, account, company, day } = today;
  today.stage = 'collection';
  const trees = [
    person.assignments[0]!.team.share,
    company.companyShare,
    ...person.assignments[0]!.projects.map((p) => p.share),
  ];
  const tree = pick(dice, trees);
  today.emit(shareOpen(today.at(minute, dice), account, tree, person.tunnelAddress));
  for (let i = 3 + overdispersed(dice, 5 + 40 * intensity, 3); i > 0; i--)
    today.emit(
      shareFile(
        today.at(minute + between(dice, 0, 15), dice),
        'read',
        account,
        tree,
        pickFile(dice, tree, day, dice.int(50)),
        person.tunnelAddress,
      ),
    );
  today.stage = 'staging';
  archiveOn(today, minute + 16, account, host, dice, logNormal(dice, 3e7, 1));
}
