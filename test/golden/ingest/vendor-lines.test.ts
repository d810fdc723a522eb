import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ParseOutcome } from '../../../src/domain/ingest.ts';
import { parseSyslogLine } from '../../../src/ingest/index.ts';
import { hasShared, sharedPath } from '../../shared-data.ts';
import { TEST_OPTIONS } from './records.ts';

/** What a reviewer reads: fields that say something, and the time as a date. */
function readable(line: string, outcome: ParseOutcome): unknown {
  const head = line
    .slice(line.search(/LEEF:|CEF:/))
    .split('|', 6)
    .slice(1, 6)
    .join(' | ');
  if (outcome.kind === 'dead-letter') return { head, ...outcome };
  const { timeMs, ...rest } = outcome.activity;
  const said = Object.entries(rest).filter(
    ([, value]) => value !== '' && value !== 0 && value !== false && value !== 'none',
  );
  return { head, time: new Date(timeMs).toISOString(), ...Object.fromEntries(said) };
}

/** Parsed results of public test lines of other projects (see the licence note in docs/ingest.md), not the lines. */
describe.skipIf(!hasShared('leef-cef'))('lines of real products', () => {
  it.each(['vendor-lines', 'cef-edge-cases'])('%s', async (name) => {
    const lines = readFileSync(sharedPath('leef-cef', `${name}.log`), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    // The edge cases carry no time: the arrival time of a listener stands in, so that their fields can be seen.
    const options = { ...TEST_OPTIONS, fallbackTimeMs: Date.UTC(2022, 0, 1) };
    const results = lines.map((line) => readable(line, parseSyslogLine(line, options)));
    await expect(`${JSON.stringify(results, undefined, 2)}\n`).toMatchFileSnapshot(`./${name}.json`);
  });
});
