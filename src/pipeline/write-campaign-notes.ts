import { nameKey, type OffenseFact } from '../domain/context.ts';
import { DAY_MS } from '../domain/time.ts';
import { composeCampaignNote } from '../narrative/campaign-note.ts';
import type { CampaignEvent } from '../writeback/campaign-ports.ts';
import { classifyFailure, pauseAfterMs } from '../writeback/failures.ts';
import {
  hashOf,
  isStillTracked,
  save,
  settle,
  type WriteCampaignsOptions,
  type WriteCampaignsPorts,
  type WriteCampaignsResult,
} from './campaign-steps.ts';

/** An event without an offense after so long raises none: the rule is missing or disabled. */
const OFFENSE_WAIT_MS = 7 * DAY_MS;
/** QRadar and we count time apart. */
const SLACK_MS = 10 * 60_000;

/** A note for each event that has left, on the offense that the rule raised. */
export async function writeCampaignNotes(
  ports: WriteCampaignsPorts,
  rows: readonly CampaignEvent[],
  result: WriteCampaignsResult,
  options: WriteCampaignsOptions,
): Promise<void> {
  const now = ports.now();
  const held = new Set<string>();
  for (const row of rows) {
    if (row.note !== 'waiting') continue;
    // One after the other: a timeline that jumps is hard to read.
    const isSent = row.state === 'sending' || row.state === 'arrived' || row.state === 'sent';
    if (!isSent || row.attemptMs === 0 || row.notBeforeMs > now || held.has(row.campaign)) {
      held.add(row.campaign);
      continue;
    }
    ports.signal?.throwIfAborted();
    const outcome = await noteOne(ports, options, row);
    if (outcome === 'posted') result.noted += 1;
    else if (outcome === 'given-up') result.notesGivenUp += 1;
    else held.add(row.campaign);
    if (typeof outcome === 'object') throw outcome.error;
  }
}

type NoteOutcome = 'posted' | 'given-up' | 'waiting' | { error: unknown };

async function noteOne(
  ports: WriteCampaignsPorts,
  { ruleName }: WriteCampaignsOptions,
  row: CampaignEvent,
): Promise<NoteOutcome> {
  const now = ports.now();
  if (!isStillTracked(ports, row)) return giveUpNote(ports, row, 'not-tracked');
  const offense = await findOffense(ports, row, ruleName);
  if (!offense) {
    const isEnd = row.change === 'merged' || row.change === 'closed';
    if (isEnd) return giveUpNote(ports, row, 'offense-not-open');
    return now - row.createdMs > OFFENSE_WAIT_MS ? giveUpNote(ports, row, 'no-offense') : 'waiting';
  }
  const text = row.noteText ?? noteTextOf(row, offense);
  const planned: CampaignEvent = { ...row, offense: offense.id, noteText: text };
  if (row.noteText === undefined || row.offense !== offense.id) await save(ports, planned, {});
  try {
    const { noteIds, found } = await ports.notes.post(offense.id, row.id, text, ports.signal);
    const posted: CampaignEvent = { ...planned, note: 'posted', noteIds, lastError: undefined };
    const more = { offense: offense.id, noteIds, textHash: hashOf(text), found: found === noteIds.length };
    await settle(ports, posted, 'campaign.noted', more);
    return 'posted';
  } catch (error) {
    ports.signal?.throwIfAborted();
    const failure = classifyFailure(error);
    if (failure.kind === 'give-up') return giveUpNote(ports, planned, failure.code);
    const noteAttempts = row.noteAttempts + 1;
    const notBeforeMs = now + pauseAfterMs(noteAttempts, failure.retryAfterMs);
    await save(ports, planned, { noteAttempts, notBeforeMs, lastError: failure.code });
    return failure.kind === 'console' ? { error } : 'waiting';
  }
}

/** The offense that earlier states are on while it is open; else the newest open one that the rule has part in. */
async function findOffense(
  { offenses, events, now }: WriteCampaignsPorts,
  row: CampaignEvent,
  ruleName: string,
): Promise<OffenseFact | undefined> {
  for (const id of await events.offensesOf(row.campaign)) {
    const known = await offenses.get(id);
    if (known?.status === 'OPEN') return known;
  }
  if (row.change === 'merged' || row.change === 'closed') return undefined;
  const about = await offenses.about([nameKey(row.account)], row.attemptMs - SLACK_MS, now() + SLACK_MS, 20);
  return about.offenses.find(
    ({ status, account, rules, description }) =>
      status === 'OPEN' &&
      account.toLowerCase() === row.account.toLowerCase() &&
      // Without the right to read rules their names are not known.
      (rules.some(({ name }) => name === ruleName) || description.includes(ruleName)),
  );
}

function noteTextOf(row: CampaignEvent, offense: OffenseFact): string {
  const { id, number, change, snapshot: campaign, mergedInto, createdMs: timeMs, before } = row;
  const { stages: knownStages, anomalies: knownAnomalies } = before;
  const { account } = offense;
  return composeCampaignNote({
    id,
    number,
    change,
    campaign,
    knownStages,
    knownAnomalies,
    mergedInto,
    account,
    timeMs,
  });
}

async function giveUpNote(ports: WriteCampaignsPorts, row: CampaignEvent, reason: string): Promise<'given-up'> {
  const kept = reason === 'not-tracked' ? { ...row, noteText: undefined } : row;
  await settle(ports, { ...kept, note: 'given-up', lastError: reason }, 'campaign.note-given-up', { reason });
  return 'given-up';
}
