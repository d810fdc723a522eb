import { createHash } from 'node:crypto';

/** Raised when notes of another form must not be taken for these. */
export const NOTE_FORMAT = 1;

/** Ids of first notes begin so. */
export const FIRST_NOTE_PREFIX = 'f-';

/** `https://Console.example/` and `https://console.example:443` are one console. Throws TypeError for what is no address. */
export function consoleIdentity(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname.toLowerCase().replace(/\.$/, '')}:${port || '443'}`;
}

/** The same for every instance that looks at this console, whatever its keys and data. */
export const findingIdOf = (console: string, offenseId: number): string =>
  FIRST_NOTE_PREFIX +
  createHash('sha256').update(`first note ${NOTE_FORMAT}\0${console}\0${offenseId}`).digest('hex').slice(0, 16);

/** What is written to, as the record of it is found again. */
export const targetOf = (console: string, offenseId: number): string => `${console} offense ${offenseId}`;
