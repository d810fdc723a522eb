import { cloudAccount } from '../accounts.ts';
import { between, chance, overdispersed, pick, poisson, sample, whole } from '../draw.ts';
import { pickFile } from '../files.ts';
import { publicAddress } from '../people.ts';
import { failedTunnel, tunnel } from '../records/network.ts';
import { cloudLogon } from '../records/other.ts';
import { failedLogon, logon } from '../records/windows.ts';
import { mailFiles, privateMailbox, readShare, visitMachine } from '../scenarios/moves.ts';
import { anyone, type Lookalike, whenWorking } from './lookalike.ts';

const AUDITING = ['Finance', 'Legal', 'Information Security', 'Management'];

/** Benign neighbours of `snooping` and `account-compromise`. */
export const OTHER_MACHINES: readonly Lookalike[] = [
  {
    kind: 'audit-reading',
    resembles: 'snooping',
    perHundred: 0.8,
    days: [4, 12],
    fits: (p) => AUDITING.includes(p.assignments[0]!.department),
    prepare: ({ company }, _person, size) =>
      whenWorking((today) => {
        const { dice } = today;
        for (const team of sample(dice, company.teams, 1 + poisson(dice, 4 * size)))
          readShare(today, today.minute(dice), team.share, 2 + overdispersed(dice, 10, 2));
      }),
  },
  {
    kind: 'mail-home',
    resembles: 'snooping',
    perHundred: 1.5,
    days: [3, 30],
    fits: anyone,
    prepare: (_casting, person, size) => {
      const home = privateMailbox(person);
      return whenWorking((today) => {
        const { dice } = today;
        if (!chance(dice, 0.25)) return;
        const files = Array.from({ length: 1 + poisson(dice, 2 * size) }, () =>
          pickFile(dice, person.documents, today.day),
        );
        mailFiles(today, chance(dice, 0.5) ? today.presence.end - 8 : today.minute(dice), home, files);
      });
    },
  },
  {
    kind: 'borrowed-machine',
    resembles: 'snooping',
    perHundred: 2,
    days: [1, 8],
    fits: anyone,
    prepare: ({ company, random }, person) => {
      const neighbours = company.people.filter((p) => p !== person && p.site === person.site);
      const owner = pick(random, neighbours.length > 0 ? neighbours : company.people);
      const logonType = pick(random, [2, 2, 10] as const);
      return whenWorking((today) =>
        visitMachine(today, today.presence.start + 6, owner, poisson(today.dice, 2), logonType),
      );
    },
  },
  {
    kind: 'covering-for-colleagues',
    resembles: 'snooping',
    perHundred: 0.8,
    days: [5, 25],
    fits: (p) => p.assignments[0]!.team.members.length > 3,
    prepare: ({ random }, person, size) => {
      const others = person.assignments[0]!.team.members.filter((m) => m !== person);
      const covered = sample(random, others, 1 + Math.round(3 * size));
      const logonType = pick(random, [2, 3, 10] as const);
      return whenWorking((today) => {
        const { dice } = today;
        if (!chance(dice, 0.35)) return;
        const files = visitMachine(
          today,
          today.minute(dice),
          pick(dice, covered),
          1 + overdispersed(dice, 6 * size, 2),
          logonType,
        );
        if (chance(dice, 0.3))
          mailFiles(today, today.minute(dice), pick(dice, person.externalContacts), sample(dice, files, 2));
      });
    },
  },
  {
    kind: 'moved-home',
    resembles: 'account-compromise',
    perHundred: 1,
    days: [10, 40],
    fits: (p) => p.assignments[0]!.role.remote > 0.2,
    prepare: ({ random }) => {
      const address = publicAddress(random);
      return (today) => {
        const { dice, person } = today;
        if (today.presence.mode === 'off' || !chance(dice, 0.4)) return;
        const minute = today.presence.weekend ? today.presence.start : today.presence.end + whole(dice, 10, 120);
        if (chance(dice, 0.3)) today.emit(failedTunnel(today.at(minute - 1, dice), person.login, address));
        today.emit(tunnel(today.at(minute, dice), 'connect', person, address));
        today.emit(cloudLogon(today.at(minute + 1, dice), cloudAccount(person), address));
        today.emit(
          tunnel(
            today.at(minute + whole(dice, 10, 90), dice),
            'disconnect',
            person,
            address,
            Math.round(between(dice, 1e6, 1e8)),
          ),
        );
      };
    },
  },
  {
    kind: 'asset-survey',
    resembles: 'account-compromise',
    perHundred: 0.6,
    days: [1, 5],
    fits: (p) => p.assignments[0]!.role.programs >= 14,
    prepare: ({ company }, _person, size) =>
      whenWorking((today) => {
        const { dice, account, address } = today;
        for (const server of sample(dice, company.servers, 2 + poisson(dice, 8 * size))) {
          const minute = today.minute(dice);
          const by = { account, device: server.name, source: address, logonType: chance(dice, 0.7) ? 3 : 10 };
          if (chance(dice, 0.25)) today.emit(failedLogon(today.at(minute - 0.1, dice), by));
          today.emit(logon(today.at(minute, dice), by));
        }
      }),
  },
];
