import { adminAccount } from '../accounts.ts';
import { administer } from '../behaviour/administration.ts';
import { toolFile } from '../behaviour/files.ts';
import { chance, pick, poisson, sample, whole } from '../draw.ts';
import { mailSent, web } from '../records/network.ts';
import { explicitLogon } from '../records/windows.ts';
import { browse } from '../scenarios/moves.ts';
import { sitesIn } from '../web-sites.ts';
import { adminKind, type Lookalike, whenWorking } from './lookalike.ts';

/** Benign neighbours of `credential-harvest`. */
export const ADMINISTRATORS_AND_MAIL: readonly Lookalike[] = [
  {
    kind: 'server-migration',
    resembles: 'credential-harvest',
    perHundred: 1,
    days: [2, 8],
    fits: (p) => p.admin && adminKind(p) !== 'helpdesk',
    prepare: ({ company }, person, size) =>
      whenWorking((today) => {
        const { dice, account } = today;
        for (const server of sample(dice, company.servers, 3 + poisson(dice, 12 * size))) {
          const minute = chance(dice, 0.2) ? today.presence.end + whole(dice, 30, 240) : today.minute(dice);
          administer(today, dice, minute, server);
          if (chance(dice, 0.3))
            today.emit(
              explicitLogon(
                today.at(minute + 1, dice),
                account,
                person.device,
                pick(dice, ['CORP\\svc-batch', 'CORP\\svc-app', adminAccount(person)]),
                server.name,
                'C:\\Windows\\System32\\runas.exe',
              ),
            );
        }
      }),
  },
  {
    kind: 'helpdesk-rollout',
    resembles: 'credential-harvest',
    perHundred: 1,
    days: [2, 6],
    fits: (p) => p.admin && adminKind(p) === 'helpdesk',
    prepare: ({ company }, _person, size) =>
      whenWorking((today) => {
        for (const user of sample(today.dice, company.people, 5 + poisson(today.dice, 30 * size)))
          administer(today, today.dice, today.minute(today.dice), { name: user.device, address: user.address });
      }),
  },
  {
    kind: 'tool-evaluation',
    resembles: 'credential-harvest',
    perHundred: 0.8,
    days: [1, 4],
    fits: (p) => p.admin,
    prepare: ({ random }, person) => {
      const site = pick(random, [...sitesIn('hacking_tools'), ...sitesIn('surveillance_tools')]);
      return whenWorking((today) => {
        const { dice } = today;
        browse(today, site, 1 + poisson(dice, 3));
        const tool = toolFile(dice);
        if (chance(dice, 0.6))
          today.emit(
            web(
              today.at(today.minute(dice), dice),
              'download',
              person,
              today.address,
              site,
              `/download/${tool.name}`,
              900,
              tool.sizeBytes,
            ),
          );
      });
    },
  },
  {
    kind: 'announcement-mail',
    resembles: 'credential-harvest',
    perHundred: 1.5,
    days: [1, 2],
    fits: (p) => p.assignments[0]!.role.massMail === 0,
    prepare: ({ company }, person, size) =>
      whenWorking((today) => {
        const { dice } = today;
        const audience = sample(dice, company.people, Math.max(8, Math.round(company.people.length * 0.6 * size)));
        const fields = {
          recipients: audience.slice(0, 20).map((p) => p.email),
          recipientCount: audience.length,
          externalCount: 0,
        };
        const attachments = chance(dice, 0.4) ? 1 : 0;
        today.emit(
          mailSent(today.at(today.minute(dice), dice), person.email, {
            ...fields,
            attachments,
            bytes: 30_000,
            device: person.device,
            source: today.address,
          }),
        );
      }),
  },
];
