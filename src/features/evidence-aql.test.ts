import { expect, it } from 'vitest';
import { evidenceAql } from './evidence-aql.ts';

it('asks for one day of all the accounts of a person, bounded in time and rows', () => {
  const aql = evidenceAql(['CORP\\JDoe', 'jdoe', "o'brien"], 20_000, false);
  expect(aql).toContain("LOWER(username) IN ('corp\\jdoe', 'jdoe', 'o''brien')");
  expect(aql).toContain('devicetime BETWEEN 1728000000000 AND 1728086399999');
  expect(aql.endsWith('LIMIT 1000 START 1728000000000 STOP 1728172800000')).toBe(true);
});

it('cannot be broken out of by a name from a log', () => {
  const aql = evidenceAql(["x' OR 1=1 --\n", `${'y'.repeat(500)}`], 20_000, true);
  expect(aql).toContain("'x'' or 1=1 -- '");
  expect(aql).not.toContain('\n');
  expect(aql.length).toBeLessThan(1000);
});
