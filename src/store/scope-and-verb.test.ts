import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIVITY_CLASSES } from '../domain/activity.ts';
import { findVerb, placeResource, placeRuleOf } from './scope-and-verb.ts';

describe('placeResource', () => {
  it.each([
    ['C:\\Users\\Bob\\plan.txt', 'file_system', 'c:\\users\\bob', 4],
    ['C:\\plan.txt', 'file_system', 'c:\\', 2],
    ['\\\\?\\C:\\Users\\Bob\\plan.txt', 'file_system', 'c:\\users\\bob', 4],
    ['\\\\SRV\\Share\\Fin\\2026\\a.xls', 'file_system', '\\\\srv\\share\\fin', 5],
    ['\\\\?\\UNC\\SRV\\Share\\Fin\\a.xls', 'file_system', '\\\\srv\\share\\fin', 4],
    ['\\\\SRV\\Share', 'file_system', '\\\\srv\\share', 2],
    ['/home/bob/x', 'file_system', '/home/bob', 3],
    ['/home/bob/work/', 'file_system', '/home/bob', 3],
    ['projects/alpha/x.md', 'file_hosting', 'projects/alpha', 3],
    ['https://u:p@Ex.com:8443/a/b?q=/c', 'http', 'ex.com', 2],
    ['Ex.com/a', 'http', 'ex.com', 1],
    ['ftp://files.example/a', 'network', 'files.example', 1],
    ['http://[::1]:80/', 'http', '[::1]', 0],
    ['CRM.hr.Salary.amount', 'datastore', 'crm.hr.salary', 0],
    ['HKLM\\Software\\Run', 'registry', 'hklm\\software\\run', 0],
    ['x'.repeat(257), 'service', '', 0],
    ['', 'http', '', 0],
  ] as const)('%s as %s', (resource, activityClass, scope, depth) => {
    expect(placeResource(resource, placeRuleOf(activityClass))).toEqual({ scope, depth });
  });

  it('never throws, stays within bounds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.constantFrom(...ACTIVITY_CLASSES), (text, name) => {
        const { scope, depth } = placeResource(text, placeRuleOf(name));
        expect(scope.length).toBeLessThanOrEqual(256);
        expect(depth).toBeLessThanOrEqual(255);
        expect(findVerb(text, text).length).toBeLessThanOrEqual(64);
      }),
    );
  });
});

describe('findVerb', () => {
  it.each([
    ['"C:\\Program Files\\PS\\PowerShell.exe" -enc AAAA', '', 'powershell'],
    ['C:\\Program Files\\a b.EXE -x', '', 'a b'],
    ['C:\\Windows\\System32\\cmd.exe /c "x.exe"', '', 'cmd'],
    ['/usr/bin/ssh host', '', 'ssh'],
    ['SELECT * FROM t', '', 'select'],
    ['  rundll32.exe a.dll,b', 'x', 'rundll32'],
    ['', 'C:\\W\\cmd.exe', 'cmd'],
    ['', '', ''],
    ['.bashrc', '', '.bashrc'],
  ])('%s | %s', (command, process, verb) => {
    expect(findVerb(command, process)).toBe(verb);
  });
});
