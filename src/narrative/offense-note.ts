import { fitStatements, type Statement } from './fit-statements.ts';
import type { DataGap, OffenseFacts, ScoredDay, Standing } from './offense-facts.ts';
import { cleanName, cleanText, countOf, formatInstant, joinWords } from './plain-text.ts';

/** Raised when the wording changes. */
export const NOTE_WORDING = 1;

/** A note holds 2000 characters and travels in an address of about 8 KB; the marker before the text takes its part. */
const ROOM = { characters: 1950, encodedBytes: 5400 };
const ALERT_SCORE = 50;
/** With fewer days of history the own range is not firm. */
const FIRM_HISTORY_DAYS = 10;

const MOST = { deviations: 5, otherDays: 3, sense: 4, offenses: 6, gaps: 3, blindSpots: 3 };
const LONGEST = { account: 80, name: 60, deviation: 260, sentence: 200, aql: 900 };

/**
 * The first note on an offense: what is unusual about its user, in figures, or that nothing is. Plain text of at most 1950
 * characters, the same for the same facts. Of people it names only the user whom the offense names.
 */
export function composeOffenseNote(facts: OffenseFacts): string {
  const who = cleanName(facts.account, LONGEST.account) || 'the user';
  const { standing } = facts;
  const statements: Statement[] = [
    { priority: 0, text: headline(facts, who) },
    ...(standing.kind === 'scored' ? describeDays(standing) : []),
    ...describeCoverage(facts),
    ...describeGaps(facts.gaps),
    ...describeSense(facts.sense),
    ...describeOffenses(facts.otherOffenses),
    ...describeEvidence(facts),
    ...describeBlindSpots(facts.blindSpots),
    { priority: 0, text: footer(facts) },
  ];
  return fitStatements(statements, ROOM);
}

const spanOf = ({ window: { fromDay, toDay } }: OffenseFacts): string =>
  `from ${cleanName(fromDay, 10)} to ${cleanName(toDay, 10)}`;

const showScore = (score: number): string =>
  Number.isFinite(score) ? String(Math.floor(Math.min(100, Math.max(0, score)))) : 'unknown';

const strongestFirst = (days: readonly ScoredDay[]): ScoredDay[] =>
  [...days].sort((a, b) => (b.score || 0) - (a.score || 0) || (a.day < b.day ? 1 : -1));

function headline(facts: OffenseFacts, who: string): string {
  const { standing } = facts;
  switch (standing.kind) {
    case 'no-analysis':
      return `History is missing: the activity of ${who} up to this offense has not been analysed, so nothing can be said about what is usual for this user.`;
    case 'unknown-account':
      return `Unknown user: no activity of ${who} is stored, so there is no history and there are no peers to compare with. Check that the log sources this user appears in are read.`;
    case 'ambiguous-account':
      return `User not clear: the name ${who} fits ${standing.people} people in the logs, and figures of one must not be read as those of another.`;
    case 'scored':
      return scoredHeadline(facts, standing.days, who);
  }
}

function scoredHeadline(facts: OffenseFacts, days: readonly ScoredDay[], who: string): string {
  if (days.length === 0)
    return `No activity: ${who} is known, but nothing was recorded ${spanOf(facts)}, so there is nothing to compare.`;
  const unusual = days.filter(({ score }) => score >= ALERT_SCORE);
  const top = strongestFirst(days)[0]!;
  const scale = `of 100; at most about ${countOf(facts.budgetPerDay, 'user')} a day in all reach ${ALERT_SCORE}`;
  if (unusual.length > 0)
    return `Unusual: ${who} stands out on ${unusual.length} of ${countOf(days.length, 'active day')} ${spanOf(facts)}. Highest: ${cleanName(top.day, 10)}, score ${showScore(top.score)} (${scale}).`;
  const within = `Nothing unusual: ${who} is within the own range on ${days.length === 1 ? 'the one active day' : `all ${days.length} active days`} ${spanOf(facts)}`;
  return top.deviations.length === 0
    ? `${within}; no figure rose above the usual on any of them.`
    : `${within}. Nearest to unusual: ${cleanName(top.day, 10)}, score ${showScore(top.score)} (${scale}).`;
}

function describeDays({ days, historyDays, otherAccounts }: Extract<Standing, { kind: 'scored' }>): Statement[] {
  const [top, ...rest] = strongestFirst(days);
  const statements: Statement[] = [];
  if (top && historyDays < FIRM_HISTORY_DAYS)
    statements.push({
      priority: 1,
      text: `Too little history: ${historyDays > 0 ? `only ${countOf(historyDays, 'active day')} before these` : 'no active day before these'}, where ${FIRM_HISTORY_DAYS} make a firm own range. Rely on the comparison with peers.`,
    });
  if (otherAccounts > 0)
    statements.push({
      priority: 4,
      text: `The figures include ${countOf(otherAccounts, 'more account')} of the same person.`,
    });
  for (const [index, deviation] of (top?.deviations ?? []).slice(0, MOST.deviations).entries())
    statements.push({
      priority: index === 0 ? 1 : index < 3 ? 2 : 6,
      text: `(${index + 1}) ${cleanName(deviation.text, LONGEST.deviation)}${showTail(deviation.tail)}.`,
    });
  if (top && top.recurrence >= 1.5)
    statements.push({
      priority: 4,
      text: `Unusual days in the three weeks before make this one count ${top.recurrence.toFixed(1)} times.`,
    });
  const others = rest.filter(({ score }) => score >= ALERT_SCORE).slice(0, MOST.otherDays);
  for (const [index, { day, score, deviations }] of others.entries()) {
    const main = deviations[0] ? `: ${cleanName(deviations[0].text, LONGEST.deviation)}` : '';
    statements.push({ priority: 4 + index, text: `Also ${cleanName(day, 10)}, score ${showScore(score)}${main}.` });
  }
  return statements;
}

/** ` (about 1 user-day in 4,000)`; nothing for what is common. */
function showTail(tail: number): string {
  if (!(tail > 0) || tail > 0.05) return '';
  const oneIn = 1 / tail;
  if (oneIn > 1_000_000) return ' (less than 1 user-day in 1,000,000)';
  const rounded = String(Number(oneIn.toPrecision(2)));
  return ` (about 1 user-day in ${rounded.replace(/\B(?=(\d{3})+$)/g, ',')})`;
}

function describeCoverage({ standing, startMs, asOfMs }: OffenseFacts): Statement[] {
  if (standing.kind !== 'scored' || asOfMs >= startMs) return [];
  const text = `The offense began at ${formatInstant(startMs)}, after the last activity looked at: its own events are not in these figures.`;
  return [{ priority: 1, text }];
}

function describeGaps(gaps: readonly DataGap[]): Statement[] {
  if (gaps.length === 0) return [];
  const shown = gaps
    .slice(0, MOST.gaps)
    .map(
      ({ source, fromMs, toMs }) =>
        `${cleanName(source, LONGEST.name) || 'a log source'} was silent from ${formatInstant(fromMs)} to ${formatInstant(toMs)}`,
    );
  const more = gaps.length > MOST.gaps ? `, and ${gaps.length - MOST.gaps} more` : '';
  return [{ priority: 2, text: `Not enough data: ${shown.join('; ')}${more}. Figures of these hours may be too low.` }];
}

function describeSense(sense: OffenseFacts['sense']): Statement[] {
  if (sense.length === 0) return [];
  const sorted = [...sense].sort((a, b) => (b.value ?? 0) - (a.value ?? 0) || b.count - a.count || compare(a, b));
  const shown = sorted
    .slice(0, MOST.sense)
    .map(
      ({ event, count, value }) =>
        `${cleanName(event, LONGEST.name) || 'an event'} (${countOf(count, 'time')}${value === undefined ? '' : `, sense value ${value} in all`})`,
    );
  const more = sense.length > MOST.sense ? ` and ${sense.length - MOST.sense} other kinds` : '';
  return [{ priority: 3, text: `UBA raised in these days: ${shown.join('; ')}${more}.` }];
}

const compare = (a: { event: string }, b: { event: string }): number => (a.event < b.event ? -1 : 1);

function describeOffenses(offenses: OffenseFacts['otherOffenses']): Statement[] {
  if (offenses.length === 0) return [];
  const shown = offenses.slice(0, MOST.offenses).map(({ id, status }) => `${id} (${status.toLowerCase()})`);
  const more = offenses.length > MOST.offenses ? ` and ${offenses.length - MOST.offenses} more` : '';
  return [{ priority: 5, text: `Other offenses about this user in these days: ${joinWords(shown)}${more}.` }];
}

/** A query must be pasted as it is: one that a note cannot show unchanged is left out, which is said. */
function describeEvidence({ evidence }: OffenseFacts): Statement[] {
  if (!evidence) return [];
  const { aql } = evidence;
  const day = cleanName(evidence.day, 10);
  return aql.length <= LONGEST.aql && cleanText(aql) === aql
    ? [{ priority: 3, text: `Events of ${day}, AQL: ${aql}` }]
    : [{ priority: 7, text: `Events of ${day}: search for the user name; it cannot stand in a query here.` }];
}

function describeBlindSpots(blindSpots: readonly string[]): Statement[] {
  return blindSpots.slice(0, MOST.blindSpots).map((text) => {
    const sentence = cleanName(text, LONGEST.sentence);
    return { priority: 6, text: `Not seen: ${sentence.endsWith('.') ? sentence : `${sentence}.`}` };
  });
}

function footer({ findingId, standing, versions: { catalogue, detection }, asOfMs }: OffenseFacts): string {
  const seen = standing.kind === 'no-analysis' ? '' : `activity up to ${formatInstant(asOfMs)}, `;
  const made = `features ${catalogue}, detection ${detection}, wording ${NOTE_WORDING}`;
  return `Figures tell what differs, not why. Finding ${cleanName(findingId, 40)}, ${seen}${made}.`;
}
