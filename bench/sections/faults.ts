import { ALL_FAULTS, type FaultsResult, runFaults } from '../faults.ts';
import { isSame } from '../faults-compare.ts';
import type { Section } from '../main.ts';
import { fixed, formatTable, thousands, verdict } from '../report.ts';

const SEED = 2401;
/** Less than the searches would take: the budget has to hold them back. */
const BUDGET_SHARE = 0.04;
/** Unused time that may be saved up, see docs/qradar.md. */
const SAVED_UP_SECONDS = 900;

export const faults: Section = {
  title: 'A week of faults',
  async run({ quick, log }) {
    const size = quick
      ? { people: 40, historyDays: 10, liveDays: 2, speed: 1440, kills: 6 }
      : { people: 120, historyDays: 10, liveDays: 7, speed: 720, kills: 30 };
    const result = await runFaults({ ...size, budgetShare: BUDGET_SHARE, seed: SEED, log });
    return [
      `\`serve\` in phase enrich beside the simulator with ${size.people} people (seed ${SEED}): ${size.historyDays} days of history, then ` +
        `${size.liveDays} days at ${thousands(size.speed)} times the pace, with all faults on: ${describeFaults()}; the token expired twice. ` +
        `${result.kills} kill -9 of \`serve\` (every second one soon after something was stored), ${result.killsInDays} of them within these days and ${result.killsInSearch} during a search, and one of the console. ` +
        `${thousands(result.spent.failures)} steps of the service failed and were tried again, and ` +
        `${thousands(result.storedByKilled)} activities were stored by processes that were killed. Then the faults end, and a second \`serve\` with ` +
        'the same keys and an empty store reads the same console undisturbed.',
      formatTable(
        ['stored', 'rows of the undisturbed run', 'missing', 'additional', 'different'],
        result.differences.map(({ part, rows, missing, additional, changed }) => [
          part,
          thousands(rows),
          missing,
          additional,
          changed,
        ]),
      ),
      ...verdicts(result, size.kills),
    ].join('\n\n');
  },
};

function describeFaults(): string {
  const { latencyMs, error503Rate, error429Rate, cutBeforeRate, cutAfterRate, slowArielMs, duplicateRate, lateRate } =
    ALL_FAULTS as Required<typeof ALL_FAULTS>;
  const share = (rate: number) => `${Math.round(rate * 100)} %`;
  return (
    `latency up to ${latencyMs[1]} ms, 503 for ${share(error503Rate)} and 429 for ${share(error429Rate)} of requests, ` +
    `${share(cutBeforeRate)} cut before and ${share(cutAfterRate)} after they were carried out, searches ${slowArielMs} ms slower, ` +
    `${share(duplicateRate)} of events twice, ${share(lateRate)} late and out of order by up to six hours`
  );
}

function verdicts(result: FaultsResult, kills: number): string[] {
  const { differences, notes, leftBehind, consoleSearches, spent, seconds, payloads } = result;
  const differing = differences.filter((one) => !isSame(one)).map(({ part }) => part);
  const activities = differences.find(({ part }) => part === 'activities')!.rows;
  const wrong = notes.filter((count) => count !== 1).length;
  // A search may begin while anything is left.
  const oneSearch = consoleSearches.ranMs / consoleSearches.count / 1000;
  const allowed = BUDGET_SHARE * (seconds + SAVED_UP_SECONDS) + oneSearch;
  return [
    verdict(
      `the same store as an undisturbed run after ${kills} kills, and an audit chain that verifies`,
      `${differing.length === 0 ? 'no difference' : `differences in ${differing.join(', ')}`}; ${thousands(payloads)} different ` +
        `messages on the console, ${thousands(activities)} activities; chain of ${result.auditEntries} entries ` +
        `${result.isChainSound ? 'verifies' : 'is broken'}`,
      differing.length === 0 && result.isChainSound && payloads === activities && result.kills >= kills,
    ),
    verdict(
      'one note on each offense of UBA',
      `${notes.length} offenses, ${wrong} of them without exactly one note`,
      wrong === 0 && notes.length > 0,
    ),
    verdict(
      'nothing left behind on the console but searches that were running at a kill',
      `${leftBehind.byKills} searches left by kills, ${leftBehind.otherwise} otherwise, ${leftBehind.claims} claims of notes`,
      leftBehind.otherwise + leftBehind.claims === 0,
    ),
    verdict(
      `searches run at most ${BUDGET_SHARE} of the time, of which a quarter of an hour is saved up at the first start: ${fixed(allowed, 1)} s, whatever restarts`,
      `by the console ${thousands(consoleSearches.count)} searches, ${fixed(consoleSearches.ranMs / 1000, 1)} s in ${fixed(seconds, 0)} s; ` +
        `by the service ${thousands(spent.searches)} searches, ${fixed(spent.runningMs / 1000, 1)} s, held back for ${fixed(spent.heldBackMs / 1000, 0)} s`,
      consoleSearches.ranMs <= allowed * 1000,
    ),
  ];
}
