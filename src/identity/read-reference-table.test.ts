import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReferenceTable } from './read-reference-table.ts';

const known = (name: string) => name === 'Europe/Berlin';
const entry = (value: string) => ({ value, source: 'reference data api', first_seen: 1, last_seen: 2 });

describe('readReferenceTable', () => {
  it('reads people as QRadar answers a table', () => {
    const text = JSON.stringify({
      name: 'HR people',
      element_type: 'ALNIC',
      number_of_elements: 7,
      data: {
        jdoe: {
          'Job Title': entry('Analyst'),
          dept: entry('Finance'),
          Email: entry('jane.doe@corp.example'),
          alias1: entry('CORP\\jdoe; adm-jdoe'),
          Zone: entry('Europe/Berlin'),
          projects: entry('Atlas;Orion'),
          shoe_size: entry('38'),
        },
      },
    });
    const result = readReferenceTable(text, known);
    expect(result).toEqual({
      records: [
        expect.objectContaining({
          account: 'jdoe',
          fromDay: '1970-01-01',
          role: 'Analyst',
          department: 'Finance',
          email: 'jane.doe@corp.example',
          aliases: ['CORP\\jdoe', 'adm-jdoe'],
          timeZone: 'Europe/Berlin',
          projects: ['Atlas', 'Orion'],
        }),
      ],
    });
  });

  it('says what is wrong with anything else', () => {
    expect(readReferenceTable('{', known)).toHaveProperty('problem');
    expect(readReferenceTable('{"data":{"a":"b"}}', known)).toHaveProperty('problem');
    expect(readReferenceTable('[]', known)).toHaveProperty('problem');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        readReferenceTable(text, known);
      }),
    );
  });
});
