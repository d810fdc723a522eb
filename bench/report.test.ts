import { expect, it } from 'vitest';
import { fixed, formatTable, replaceSection, verdict } from './report.ts';

const ORDER = ['first', 'second'];

it('replaces its own section only and keeps the order', () => {
  const page = replaceSection('', 'second', 'two', ORDER);
  const both = replaceSection(page, 'first', 'one', ORDER);
  expect(both.indexOf('one')).toBeLessThan(both.indexOf('two'));
  const again = replaceSection(both, 'second', '## two, newer\n', ORDER);
  expect(again).toContain('<!-- section:first -->\none\n<!-- /section -->');
  expect(again).toContain('<!-- section:second -->\n## two, newer\n<!-- /section -->');
  expect(again).not.toContain('\ntwo\n');
  expect(replaceSection(again, 'second', '## two, newer', ORDER)).toBe(again);
});

it('says plainly when a goal is missed', () => {
  expect(verdict('half', '0.7', false)).toBe('*Asked:* half. *Measured:* 0.7: **not met**.');
  expect(fixed(Number.POSITIVE_INFINITY)).toBe('never');
});

it('aligns columns of figures to the right', () => {
  expect(formatTable(['name', 'n'], [['a', '1,000']])).toBe('| name | n |\n| --- | ---: |\n| a | 1,000 |');
});
