import { contribute } from '../simulator/qradar/state/offenses.ts';
import type { OffenseFact } from '../src/domain/context.ts';
import type { OffenseFacts } from '../src/narrative/offense-facts.ts';
import { followOffenses } from '../src/pipeline/follow-offenses.ts';
import type { WriteNotesPorts } from '../src/pipeline/write-notes.ts';
import type { QRadar } from '../src/qradar/connect.ts';
import { createFirstNotes } from '../src/qradar/first-notes.ts';
import { createOffenseFeed } from '../src/qradar/offense-feed.ts';
import type { DataStore } from '../src/store/open-data-store.ts';
import { NOON, type TestConsole } from './simulator-client.ts';

export const CONSOLE = 'console.example:443';
export const NOTE_START = '[undercurrent f-';

/** Raises an offense of UBA about a user. */
export const raiseOffense = (console: TestConsole, username: string, ruleName = 'UBA : Potential Lateral Movement') =>
  contribute(console.simulator.world.state, {
    rule: { id: 1, name: ruleName },
    username,
    domainId: 0,
    timeMs: NOON - 60_000,
    nowMs: NOON,
    eventName: 'x',
    category: 'User Behavior',
    severity: 5,
    credibility: 5,
    logSource: { id: 63, name: 'UBA', type_id: 368, type_name: 'IBM Sense' },
  });

/** Notes of the sidecar by offense. */
export function firstNotes(console: TestConsole): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const { offense_id, note_text } of console.simulator.world.state.notes.values())
    if (note_text.startsWith(NOTE_START)) found.set(offense_id, [...(found.get(offense_id) ?? []), note_text]);
  return found;
}

export const factsAbout = (offense: OffenseFact, more: Partial<OffenseFacts> = {}): OffenseFacts => ({
  findingId: '',
  offenseId: offense.id,
  account: offense.account,
  startMs: offense.startMs,
  window: { fromDay: '2026-01-07', toDay: '2026-01-20' },
  standing: { kind: 'scored', days: [], historyDays: 20, otherAccounts: 0 },
  budgetPerDay: 10,
  sense: [],
  otherOffenses: [],
  evidence: undefined,
  gaps: [],
  blindSpots: [],
  versions: { catalogue: 1, detection: 1 },
  asOfMs: NOON,
  ...more,
});

/** Reads all offenses into a data directory. */
export async function follow(qradar: QRadar, store: DataStore): Promise<void> {
  const readChanges = createOffenseFeed(qradar, { pageSize: 20, startMs: () => 0, now: () => NOON });
  await followOffenses({ readChanges, offenses: store.offenses, cursors: store.cursors, now: () => NOON });
}

/** Everything joined as the service does, with facts made up. */
export const notePorts = (qradar: QRadar, store: DataStore, more: Partial<WriteNotesPorts> = {}): WriteNotesPorts => ({
  offenses: store.offenses,
  writebacks: store.writebacks,
  factsFor: async (offense) => factsAbout(offense),
  notes: createFirstNotes(qradar.notes, qradar.claims, () => store.writebacks.instanceId()),
  tracking: { isKnown: true, isTracked: () => true },
  now: () => NOON,
  ...more,
});
