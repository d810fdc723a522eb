import { accountsOf, adminAccount, windowsAccount } from '../accounts.ts';
import { toolFile } from '../behaviour/files.ts';
import { between, chance, logNormal, overdispersed, pick, poisson, sample, whole } from '../draw.ts';
import { pickFile } from '../files.ts';
import { mailSent, web } from '../records/network.ts';
import { peripheral, removableCopy } from '../records/other.ts';
import { launch, logon, shareFile, shareOpen, specialPrivileges } from '../records/windows.ts';
import type { FileEntry, Person } from '../types.ts';
import { sitesIn } from '../web-sites.ts';
import {
  type Casting,
  castWhere,
  createEpisode,
  drawIntensity,
  drawWindow,
  type Episode,
  type EpisodeDay,
  leaveAfter,
} from './episode.ts';
import { browse, copyToDrive } from './moves.ts';

/** An administrator gets a key logger onto a colleague's machine, then acts as the colleague. */
export function credentialHarvest(casting: Casting): Episode | undefined {
  const { company, random } = casting;
  const person = castWhere(casting, (p) => p.admin && p.assignments.length === 1);
  if (!person) return undefined;
  const lead = person.assignments[0]!.team.lead;
  const others = company.people.filter(
    (p) => p !== person && p.hiredDay < company.startDay && !Number.isFinite(p.leftDay),
  );
  const victim = lead && lead !== person && chance(random, 0.5) ? lead : pick(random, others);
  const intensity = drawIntensity(random);
  const [fromDay, toDay] = drawWindow(casting, person, whole(random, 6, 16));
  const tool = toolFile(random); // biome-ignore format: dense
  const site = chance(random, 0.65)
    ? pick(random, [...sitesIn('surveillance_tools'), ...sitesIn('hacking_tools')])
    : pick(random, company.longTail);
  const asVictimFrom = Math.min(toDay, fromDay + whole(random, 3, 6));
  const ownMachine = chance(random, 0.5);
  if (chance(random, 0.6)) leaveAfter(company, person, toDay, random);
  let carried = false;
  const episode = createEpisode(company, {
    type: 'insider', scenario: 'credential-harvest', person, fromDay, toDay, intensity, victims: [victim],
    act(today) {
      const { dice, day } = today;
      if (day === fromDay) carried = false;
      if (!today.working && day !== asVictimFrom) return;
      if (day < asVictimFrom - 1 && (!carried || chance(dice, 0.3))) {
        today.stage = 'resource-development';
        browse(today, site, 1 + poisson(dice, 4 * intensity));
        const minute = today.minute(dice);
        today.emit(web(today.at(minute, dice), 'download', person, today.address, site, `/download/${tool.name}`, 900, tool.sizeBytes));
        if (!carried) copyToDrive(today, minute + 6, [tool]);
        carried = true;
      }
      if (day >= fromDay + 1 && day <= asVictimFrom && (day === fromDay + 1 || chance(dice, 0.4))) plantTool(today, victim, tool);
      if (day >= asVictimFrom && (day === asVictimFrom || chance(dice, 0.5))) actAs(today, victim, intensity, ownMachine);
    },
  }); // biome-ignore format: dense
  episode.record.accounts.push(...accountsOf(victim));
  return episode;
}

function plantTool(today: EpisodeDay, victim: Person, tool: FileEntry): void {
  const { dice, person } = today;
  today.stage = 'credential-access';
  const minute = chance(dice, 0.6)
    ? today.presence.end + whole(dice, 5, 100)
    : today.presence.lunch[0] + whole(dice, 2, 25);
  const admin = adminAccount(person);
  today.emit(
    logon(today.at(minute, dice), { account: admin, device: victim.device, source: victim.address, logonType: 2 }),
  );
  today.emit(specialPrivileges(today.at(minute, dice), admin, victim.device));
  today.emit(
    peripheral(today.at(minute + 1, dice), 'connect', admin, victim.device, `E: Generic ${1000 + person.index}`),
  );
  today.emit(removableCopy(today.at(minute + 2, dice), admin, victim.device, tool, 'from'));
  today.emit(launch(today.at(minute + 3, dice), admin, victim.device, `C:\\ProgramData\\${tool.name}`, '/quiet'));
  today.emit(
    peripheral(today.at(minute + 6, dice), 'disconnect', admin, victim.device, `E: Generic ${1000 + person.index}`),
  );
}

function actAs(today: EpisodeDay, victim: Person, intensity: number, ownMachine: boolean): void {
  const { dice, person, company, day } = today;
  const machine = ownMachine ? person : victim;
  const minute = today.working && chance(dice, 0.5) ? today.minute(dice) : whole(dice, 18 * 60, 23 * 60);
  const account = windowsAccount(victim);
  today.stage = 'lateral-movement';
  today.emit(
    logon(today.at(minute, dice), {
      account,
      device: machine.device,
      source: machine.address,
      logonType: 2,
    }),
  );
  today.stage = 'collection';
  const tree = victim.assignments.at(-1)!.team.share;
  today.emit(shareOpen(today.at(minute + 1, dice), account, tree, machine.address));
  for (let i = overdispersed(dice, 4 + 20 * intensity, 3); i > 0; i--)
    today.emit(
      shareFile(
        today.at(minute + between(dice, 2, 25), dice),
        'read',
        account,
        tree,
        pickFile(dice, tree, day),
        machine.address,
      ),
    );
  today.stage = 'impact';
  const audience = sample(dice, company.people, Math.max(6, Math.round(company.people.length * 0.7 * intensity)));
  today.emit(
    mailSent(today.at(minute + whole(dice, 5, 40), dice), victim.email, {
      recipients: audience.slice(0, 20).map((p) => p.email),
      recipientCount: audience.length,
      externalCount: 0,
      attachments: chance(dice, 0.3) ? 1 : 0,
      bytes: Math.round(logNormal(dice, 20_000, 0.8)),
      device: machine.device,
      source: machine.address,
    }),
  );
}
