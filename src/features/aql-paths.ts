import type { FileCategory } from '../domain/activity.ts';
import type { Meaning } from './aql-profile.ts';
import { anyOf, aql, quoteText, type Term, unknown } from './aql-term.ts';

/**
 * What a path tells of a file, as conditions. Regular expressions are written to fit the whole text, so that it makes no
 * difference whether the console looks for a part or compares the whole; they use nothing that RE2 and Java read differently.
 */

const fits = (expression: string, pattern: string): Term => aql(`${expression} IMATCHES ${quoteText(`^${pattern}$`)}`);

/** The path has an extension of one of the categories; `other` and `none` are not asked for. */
export function testFileCategory(
  path: string | undefined,
  categories: readonly FileCategory[],
  meaning: Meaning,
): Term {
  if (path === undefined) return unknown('file types');
  const extensions = categories.flatMap((one) => meaning.fileExtensions[one]?.split(' ') ?? []);
  const terms = extensions.length > 0 ? [fits(path, `.*[.](${[...new Set(extensions)].join('|')})`)] : [];
  if (categories.includes('credential')) terms.push(fits(path, `(.*[\\\\/])?(${meaning.credentialNames})`));
  return anyOf(terms);
}

/** The path holds a word that makes it confidential or secret, or a pattern of the configuration of that level. */
export function testSensitiveWords(path: string, meaning: Meaning): Term {
  const words = meaning.sensitiveWords.join('|');
  return anyOf([fits(path, `(.*[^a-zA-Z])?(${words})([^a-zA-Z].*)?`), testPatterns(path, meaning)]);
}

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

export const testPatterns = (text: string, meaning: Meaning): Term =>
  anyOf(
    meaning.sensitivePatterns
      .filter(({ level }) => level >= 2)
      .map(({ pattern }) => fits(text, `.*${pattern.split('*').map(escapeRegex).join('.*')}.*`)),
  );

/** The folder of a path, with its last separator: without it the rows would be as many as the files. */
export const folderOf = (path: string): string => `REPLACEFIRST('[^\\\\/]*$', ${path}, '')`;

/** Host of an address, in any letter case and with its port. */
export const hostOfUrl = (url: string): string =>
  `REPLACEFIRST('[/?#].*$', REPLACEFIRST('^[a-zA-Z][a-zA-Z0-9+.-]*://', ${url}, ''), '')`;

/** The head of the path, where it can change what a site counts as. */
export const pathHead = (url: string): string => {
  const starts = (words: string, end: string) =>
    `${url} IMATCHES '^([a-z][a-z0-9+.-]*://)?[^/?#]*/(${words})(${end}.*)?$'`;
  return (
    `(CASE WHEN ${starts('jobs', '/')} THEN '/jobs' WHEN ${starts('mail', '/')} THEN '/mail' ` +
    `WHEN ${starts('jobs?|careers?|vacanc(y|ies)|job-?search|resume', '[/?#_-]')} THEN '/careers' ELSE '' END)`
  );
};

/** Program that a command line starts, else the path of the process; its name is cut out afterwards. */
export function programOf(process: string | undefined, command: string | undefined): string | undefined {
  if (command === undefined) return process;
  const extension = 'exe|com|bat|cmd|ps1|vbs|msc';
  return (
    `(CASE WHEN ${command} IS NULL OR ${command} = '' THEN ${process ?? "''"} ` +
    `WHEN ${command} LIKE '"%' THEN REPLACEFIRST('".*$', REPLACEFIRST('^"', ${command}, ''), '') ` +
    `WHEN ${command} IMATCHES '^([a-z]:[\\\\/]|\\\\\\\\)[^"]*[.](${extension})(\\s.*)?$' ` +
    `THEN REPLACEFIRST('(?i)[.](${extension})(\\s.*)?$', ${command}, '.exe') ` +
    `ELSE REPLACEFIRST('\\s.*$', ${command}, '') END)`
  );
}
