import type { OffenseFact } from '../domain/context.ts';
import type { Anomaly } from '../domain/findings.ts';
import { DAY_MS, formatDay, parseDay } from '../domain/time.ts';
import { zoneOffsetMs } from '../domain/zone-offset.ts';
import { CATALOGUE_VERSION } from '../features/catalogue.ts';
import { evidenceAql } from '../features/evidence-aql.ts';
import { isUtc } from '../features/zones.ts';
import { type AccountBook, createAccountBook } from '../identity/same-account.ts';
import type { DataGap, OffenseFacts, ScoredDay, Standing } from '../narrative/offense-facts.ts';
import { type Analysis, DETECTION_VERSION } from './analyze.ts';
import { type EvidencePorts, readEvidenceFor } from './read-evidence.ts';
import type { KnownPerson, ResolvedPeople } from './resolve-people.ts';

/** The latest analysis, as far as notes need it. */
export interface AnalysisSnapshot {
  analysis: Pick<Analysis, 'anomalies' | 'table'>;
  /** People of whom every day is there, not only the unusual ones; `undefined`: everybody. */
  everyDayOf?: ReadonlySet<string>;
  people: ResolvedPeople;
  /** Activities up to here had been read. */
  coveredMs: number;
  budgetPerDay: number;
}

export interface OffenseFactsPorts {
  latest(): AnalysisSnapshot | undefined;
  /** The person an account is linked to by exactly this domain and account; told apart where a name fits several. */
  personOf?(domain: string, account: string): Promise<string | undefined>;
  evidence: EvidencePorts;
  /** Log sources that were silent within `[fromMs, toMs)`. */
  gaps?(fromMs: number, toMs: number): Promise<DataGap[]>;
  /** What the figures cannot see. */
  blindSpots?(): readonly string[];
}

const WINDOW_DAYS = 14;
const MOST_EVENTS = 500;

interface Owner {
  account: string;
  person: KnownPerson;
}

interface SnapshotIndex {
  byName: AccountBook<Owner>;
  byId: Map<string, KnownPerson>;
  anomalies: Map<string, Anomaly[]>;
  /** First and last row, exclusive, of a person in the feature table. */
  rows: Map<bigint, [first: number, end: number]>;
}

/**
 * Assembles what a note on an offense can say: the last 14 local days of its user up to the last event, out of the latest
 * analysis, and what UBA and QRadar said in that time. `undefined` while no analysis covers the beginning of the offense,
 * unless there must be an answer.
 */
export function createOffenseFacts(
  ports: OffenseFactsPorts,
): (offense: OffenseFact, mustAnswer: boolean) => Promise<OffenseFacts | undefined> {
  let indexed: { snapshot: AnalysisSnapshot; index: SnapshotIndex } | undefined;
  const indexOf = (snapshot: AnalysisSnapshot): SnapshotIndex => {
    if (indexed?.snapshot !== snapshot) indexed = { snapshot, index: indexSnapshot(snapshot) };
    return indexed.index;
  };

  return async function factsFor(offense, mustAnswer) {
    const snapshot = ports.latest();
    if (!mustAnswer && (snapshot === undefined || snapshot.coveredMs < offense.startMs)) return undefined;
    const index = snapshot && indexOf(snapshot);
    const found = index ? await findPerson(ports, index, offense) : [];
    const person = found.length === 1 ? found[0] : undefined;
    if (!mustAnswer && person && snapshot?.everyDayOf?.has(person.id) === false) return undefined;
    const lastMs = Math.max(offense.startMs, offense.lastEventMs ?? offense.startMs);
    const zone = person?.attributes.at(-1)?.timeZone || (snapshot?.people.zones[0] ?? 'UTC');
    const toDay = Math.floor((lastMs + zoneOffsetMs(zone, lastMs)) / DAY_MS);
    const window = { fromDay: formatDay(toDay - WINDOW_DAYS + 1), toDay: formatDay(toDay) };
    const [fromMs, toMs] = [(toDay - WINDOW_DAYS + 1) * DAY_MS - zoneOffsetMs(zone, lastMs), lastMs + 1];
    const standing = describeStanding(snapshot, index, found, window);
    return {
      findingId: '',
      offenseId: offense.id,
      account: offense.account,
      startMs: offense.startMs,
      window,
      standing,
      budgetPerDay: snapshot?.budgetPerDay ?? 0,
      ...(await describeContext(ports, offense, person, fromMs, toMs)),
      evidence: describeEvidence(offense, standing, window.toDay, snapshot?.people.zones ?? []),
      gaps: (await ports.gaps?.(fromMs, toMs)) ?? [],
      blindSpots: [...(ports.blindSpots?.() ?? [])],
      versions: { catalogue: CATALOGUE_VERSION, detection: DETECTION_VERSION },
      asOfMs: snapshot?.coveredMs ?? Number.NaN,
    };
  };
}

function indexSnapshot({ analysis: { anomalies, table }, people }: AnalysisSnapshot): SnapshotIndex {
  const byName = createAccountBook<Owner>();
  const byId = new Map<string, KnownPerson>();
  for (const person of people.byToken.values()) {
    byId.set(person.id, person);
    for (const account of person.accounts) byName.add({ account, person });
  }
  const byPerson = new Map<string, Anomaly[]>();
  for (const anomaly of anomalies) {
    const known = byPerson.get(anomaly.person);
    if (known) known.push(anomaly);
    else byPerson.set(anomaly.person, [anomaly]);
  }
  const rows = new Map<bigint, [number, number]>();
  for (let first = 0; first < table.person.length; ) {
    let end = first;
    while (end < table.person.length && table.person[end] === table.person[first]) end++;
    rows.set(table.people[table.person[first]!]!, [first, end]);
    first = end;
  }
  return { byName, byId, anomalies: byPerson, rows };
}

/** People the offense's user can be: one when it is clear. */
async function findPerson(
  { personOf }: OffenseFactsPorts,
  { byName, byId }: SnapshotIndex,
  { domain, account }: OffenseFact,
): Promise<KnownPerson[]> {
  if (account === '') return [];
  const linked = byId.get((await personOf?.(domain, account)) ?? '');
  if (linked) return [linked];
  const owners = byName.find(domain, account);
  const lower = account.toLowerCase();
  const exact = owners.filter((owner) => owner.account.toLowerCase() === lower);
  return [...new Set((exact.length > 0 ? exact : owners).map(({ person }) => person))];
}

function describeStanding(
  snapshot: AnalysisSnapshot | undefined,
  index: SnapshotIndex | undefined,
  found: readonly KnownPerson[],
  window: OffenseFacts['window'],
): Standing {
  if (!snapshot || !index) return { kind: 'no-analysis' };
  const [person] = found;
  if (!person) return { kind: 'unknown-account' };
  if (found.length > 1) return { kind: 'ambiguous-account', people: found.length };
  const days = (index.anomalies.get(person.id) ?? [])
    .filter(({ day }) => day >= window.fromDay && day <= window.toDay)
    .map(({ day, score, deviations, recurrence }): ScoredDay => ({ day, score, deviations, recurrence }));
  const { table } = snapshot.analysis;
  const [first, end] = index.rows.get(person.token) ?? [0, 0];
  const before = table.day.subarray(first, end).filter((day) => formatDay(day) < window.fromDay);
  const spellings = new Set(person.accounts.map((account) => account.toLowerCase()));
  return { kind: 'scored', days, historyDays: before.length, otherAccounts: Math.max(0, spellings.size - 1) };
}

/** Sense events by name and other offenses, about the user and the other accounts of the person. */
async function describeContext(
  ports: OffenseFactsPorts,
  offense: OffenseFact,
  person: KnownPerson | undefined,
  fromMs: number,
  toMs: number,
): Promise<Pick<OffenseFacts, 'sense' | 'otherOffenses'>> {
  const accounts = [offense.account, ...(person?.accounts ?? [])].map((account) => ({
    domain: offense.domain,
    account,
  }));
  const { sense, offenses } = await readEvidenceFor(ports.evidence, accounts, fromMs, toMs, MOST_EVENTS);
  const byEvent = new Map<string, OffenseFacts['sense'][number]>();
  for (const { event, senseValue } of sense) {
    const one = byEvent.get(event) ?? { event, count: 0, value: undefined };
    one.count += 1;
    if (senseValue !== undefined) one.value = (one.value ?? 0) + senseValue;
    byEvent.set(event, one);
  }
  const others = offenses.filter(({ id }) => id !== offense.id).map(({ id, status }) => ({ id, status }));
  return { sense: [...byEvent.values()], otherOffenses: others };
}

/** Only spellings of the offense's own user: other accounts of the person are not named on the console. */
function describeEvidence(
  { account }: OffenseFact,
  standing: Standing,
  lastDay: string,
  zones: readonly string[],
): OffenseFacts['evidence'] {
  if (account === '' || standing.kind === 'ambiguous-account') return undefined;
  const days = standing.kind === 'scored' ? [...standing.days].sort((a, b) => b.score - a.score) : [];
  const day = days[0]?.day ?? lastDay;
  const number = parseDay(day);
  return number === undefined ? undefined : { day, aql: evidenceAql([account], number, !zones.every(isUtc)) };
}
