import { describe, expect, it } from 'vitest';
import { fileCategory } from './classify-file.ts';
import { pathSensitivity } from './classify-sensitivity.ts';
import { hostOf, webCategory } from './classify-web.ts';
import { DEFAULT_INGEST_OPTIONS, parseContext } from './options.ts';

const context = parseContext({
  ...DEFAULT_INGEST_OPTIONS,
  sensitivePatterns: [
    { pattern: 'project*falcon', level: 3 },
    { pattern: 'ops.', level: 1 },
  ],
});

describe('typed columns', () => {
  it.each([
    ['C:\\a\\b.DOCX', 'document'], ['/home/a/.ssh/id_rsa', 'credential'], ['x.tar.gz', 'archive'], ['ntds.dit', 'credential'],
    ['C:\\x\\README', 'other'], ['a.pst', 'mail_store'], ['a.ps1', 'script'], ['', 'none'],
  ])('file %s is %s', (path, category) => expect(fileCategory(path)).toBe(category));

  it.each([
    ['http://wikileaks.org/x', 'leak_site'], ['https://www.linkedin.com/feed', 'social'], ['https://www.linkedin.com/jobs/view/1', 'job_search'],
    ['http://careers.boeing.com/', 'job_search'], ['http://www.acme-industries.com/careers/apply', 'job_search'], ['https://foo.sharepoint.local/x', 'internal'],
    ['https://dl.dropboxusercontent.com/s/1', 'cloud_storage'], ['http://10.1.2.3:8080/x', 'internal'], ['http://notmonster.com/', 'other'],
    ['https://user:pw@pastebin.com:443/raw/1', 'paste_site'], ['http://best-keyloggers-review.net/', 'surveillance_tools'], ['', 'none'],
  ])('site %s is %s', (url, category) => expect(webCategory(url, hostOf(url), new Set())).toBe(category));

  it.each([
    ['\\\\FS1\\HR\\list.xlsx', 2], ['\\\\FS1\\three\\list.xlsx', 0], ['C:\\Windows\\NTDS\\ntds.dit', 3], ['\\\\*\\C$', 2], ['\\\\*\\ADMIN$\\x', 2], ['\\\\*\\IPC$\\samr', 0],
    ['D:\\Finance\\q3.xls', 1], ['D:\\passwords.txt', 3], ['D:\\Project X Falcon\\a.txt', 3], ['D:\\ops.txt', 1], ['D:\\hrothgar\\legality.txt', 0],
  ])('sensitivity of %s is %i', (path, level) => expect(pathSensitivity(path, context)).toBe(level));
}); // biome-ignore format: paths and what they are
