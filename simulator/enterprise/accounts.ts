import type { Person } from './types.ts';

/** One person, many spellings: each kind of log source writes its own. */
export const COMPANY_DOMAIN = 'corp.example';
export const windowsAccount = (person: Person): string => `CORP\\${person.login}`;
export const adminAccount = (person: Person): string => `CORP\\adm-${person.login}`;
export const cloudAccount = (person: Person): string => `${person.login}@${COMPANY_DOMAIN}`;
export const ticketAccount = (login: string): string => `${login}@CORP.EXAMPLE`;
export const machineAccount = (device: string): string => `CORP\\${device}$`;

export const accountsOf = (person: Person): string[] => [
  windowsAccount(person),
  person.login,
  cloudAccount(person),
  person.email,
  person.plainId,
  ...(person.admin ? [adminAccount(person), `adm-${person.login}`] : []),
];
