import type { Activity } from '../../../src/domain/activity.ts';

type Fields = [name: string, value: string][];

const ACCESS_MASK: Partial<Record<Activity['activity'], string>> = {
  read: '0x1',
  update: '0x2',
  create: '0x6',
  delete: '0x10000',
};

/** `CORP\jdoe` to the two fields in which Windows writes it. */
function split(prefix: 'Subject' | 'Target', account: string): Fields {
  const slash = account.indexOf('\\');
  const name = account.slice(slash + 1);
  return slash < 0
    ? [[`${prefix}UserName`, name]]
    : [
        [`${prefix}UserName`, name],
        [`${prefix}DomainName`, account.slice(0, slash)],
      ];
}

/** What Windows Security events carry under names of their own, beside the common LEEF attributes. */
export function windowsFields(a: Activity): Fields {
  switch (a.eventCode) {
    case 4648:
      return [...split('Subject', a.account), ...split('Target', a.targetAccount), ['TargetServerName', a.target]];
    case 4688:
      return [
        ...split('Subject', a.account),
        ['TargetUserName', '-'],
        ['NewProcessName', a.process],
        ['CommandLine', a.command],
      ];
    case 4720:
    case 4724:
    case 4725:
    case 4740:
      return [...split('Subject', a.account), ...split('Target', a.targetAccount)];
    case 4728:
      return [
        ...split('Subject', a.account),
        ['MemberName', `CN=${a.targetAccount.slice(a.targetAccount.indexOf('\\') + 1)},OU=People,DC=corp,DC=example`],
        ['TargetUserName', a.resource],
        ['TargetDomainName', 'CORP'],
      ];
    case 4768:
    case 4769:
      return [['ServiceName', a.resource]];
    case 5140:
      return [...split('Subject', a.account), ['ShareName', a.resource]];
    case 5145: {
      const share = /^\\\\[^\\]+\\[^\\]+/.exec(a.resource)?.[0] ?? a.resource;
      const path = a.resource.slice(share.length + 1);
      return [
        ...split('Subject', a.account),
        ['ShareName', share],
        ['RelativeTargetName', path],
        ['AccessMask', ACCESS_MASK[a.activity] ?? '0x1'],
      ];
    }
    default:
      return [];
  }
}
