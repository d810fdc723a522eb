import { describe, expect, it } from 'vitest';
import { blankDirectoryRecord } from '../domain/ingest.ts';
import { mergeTables, planDirectoryChanges } from './directory-changes.ts';

const person = (account: string, more: object = {}, fromDay = '1970-01-01') => ({
  ...blankDirectoryRecord(account, fromDay),
  ...more,
});

describe('changes of the directory', () => {
  it('hold from the start for new people, from today for changed ones; the rest stays', () => {
    const known = [
      person('anna', { department: 'Sales' }),
      person('Bert', { department: 'IT', email: 'bert@corp.example' }),
      person('carl', { department: 'IT' }),
    ];
    const now = [
      person('anna', { department: 'Finance' }),
      person('bert', { department: 'IT' }),
      person('dora', { department: 'HR' }),
    ];
    const changes = planDirectoryChanges(known, now, '2026-01-20');
    expect(changes).toEqual([
      person('anna', { department: 'Finance' }, '2026-01-20'),
      person('dora', { department: 'HR' }),
    ]);
    expect(planDirectoryChanges([...known, ...changes], now, '2026-01-21')).toEqual([]);
  });

  it('never go back behind what is known', () => {
    const known = [person('anna', { role: 'a' }, '2026-03-01'), person('anna', { role: 'old' })];
    const changes = planDirectoryChanges(known, [person('anna', { role: 'b' })], '2026-01-20');
    expect(changes).toEqual([person('anna', { role: 'b' }, '2026-03-01')]);
  });

  it('of several tables: the first one named wins, others fill in', () => {
    const merged = mergeTables([
      [person('anna', { role: 'Clerk' })],
      [person('ANNA', { role: 'Boss', team: 'North', aliases: ['an1'] }), person('bert')],
    ]);
    expect(merged).toEqual([person('anna', { role: 'Clerk', team: 'North', aliases: ['an1'] }), person('bert')]);
  });
});
