import type { Section } from '../main.ts';
import { fixed, formatTable, megabytes, thousands, verdict } from '../report.ts';
import { runSyslogBench } from '../syslog.ts';

const SEED = 2301;
const GOAL = 20_000;

export const syslog: Section = {
  title: 'Syslog to stored activities',
  async run({ quick, log }) {
    const size = quick ? { people: 50, days: 5, seconds: 3 } : { people: 200, days: 30, seconds: 20 };
    const result = await runSyslogBench({ ...size, seed: SEED, log });
    const streams = result.runs.filter(({ transport }) => transport !== 'udp');
    const datagrams = result.runs.filter(({ transport }) => transport === 'udp');
    const slowest = Math.min(...streams.map(({ storedPerSecond }) => storedPerSecond));
    const lost = streams.reduce((sum, { counted, unaccounted }) => sum + counted + unaccounted, 0);
    const unaccounted = datagrams.reduce((sum, run) => sum + run.unaccounted, 0);
    return [
      `LEEF lines of the synthetic enterprise (${size.people} people, ${size.days} days, seed ${SEED}; ${Math.round(result.bytesPerLine)} bytes a line), ` +
        `sent from a process of its own on the same machine over one connection for ${size.seconds} s, each with an id of its own, to activities in DuckDB that a crash ` +
        'cannot lose: encrypted spool of 64 MB synced to disk, parsed, tokenised, committed. The time runs from the first line sent to the last one stored; ' +
        `activities are counted in the store. Import of the same lines from a file, in the same run: ${thousands(result.importPerSecond)} lines/s.`,
      formatTable(
        [
          'transport',
          'sender',
          'sent',
          'stored',
          'stored a second',
          'share of the file import',
          'lost and counted',
          'unaccounted for',
          'processors used by the listener',
          'largest spool',
          'times made to wait',
        ],
        result.runs.map((run) => [
          run.transport.toUpperCase(),
          run.perSecond === 0 ? 'as fast as it goes' : `${thousands(run.perSecond)} a second`,
          thousands(run.sent),
          thousands(run.stored),
          thousands(run.storedPerSecond),
          fixed(run.share),
          thousands(run.counted),
          run.unaccounted,
          fixed(run.processors),
          megabytes(run.largestSpoolBytes),
          run.pauses,
        ]),
      ),
      verdict(
        'LEEF over TCP and TLS to stored activity, sustained, without loss, at 20,000 events a second or more',
        `${thousands(slowest)} a second over the slower one, ${lost} lost`,
        slowest >= GOAL && lost === 0,
      ),
      verdict('loss over UDP is counted, not hidden', `${unaccounted} datagrams unaccounted for`, unaccounted === 0),
    ].join('\n\n');
  },
};
