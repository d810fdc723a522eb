import { type ChangedCampaign, findChanges } from '../writeback/campaign-changes.ts';
import { composeCampaignEvent, isUsableAccount } from '../writeback/campaign-event.ts';
import type { CampaignEvent } from '../writeback/campaign-ports.ts';
import { classifyFailure } from '../writeback/failures.ts';
import {
  type CampaignStep,
  hashOf,
  isStillTracked,
  save,
  settle,
  type WriteCampaignsOptions,
  type WriteCampaignsPorts,
  type WriteCampaignsResult,
} from './campaign-steps.ts';
import { lookUp, sendPlanned } from './send-campaign-events.ts';
import { writeCampaignNotes } from './write-campaign-notes.ts';

export type { WriteCampaignsOptions, WriteCampaignsPorts, WriteCampaignsResult } from './campaign-steps.ts';

/** Each sees what the one before has stored. */
const STEPS: readonly CampaignStep[] = [lookUp, sendPlanned, writeCampaignNotes];

/**
 * Tells QRadar what changed about campaigns: one event for each state, and its note on the offense that the rule raises. The
 * event is stored before it is sent, an attempt is stored before a byte leaves, and an attempt of which it is not known
 * whether it arrived is looked up in QRadar before it is made again, with the same id.
 */
export async function writeCampaigns(
  ports: WriteCampaignsPorts,
  options: WriteCampaignsOptions,
): Promise<WriteCampaignsResult> {
  const result: WriteCampaignsResult = {
    changes: 0,
    recorded: 0,
    sent: 0,
    arrived: 0,
    lost: 0,
    failed: 0,
    noted: 0,
    notesGivenUp: 0,
    blocked: undefined,
  };
  // Nothing is written about anybody while it is not known who must not be tracked.
  if (!ports.tracking.isKnown) return result;
  await planEvents(ports, options, result);
  if (options.phase !== 'enrich') return result;
  await promote(ports);
  for (const step of STEPS) {
    ports.signal?.throwIfAborted();
    try {
      await step(ports, await ports.events.unfinished(), result, options);
    } catch (error) {
      ports.signal?.throwIfAborted();
      const { kind, code } = classifyFailure(error);
      if (kind !== 'console' && code === 'INTERNAL') throw error;
      result.blocked ??= code;
    }
  }
  return result;
}

async function planEvents(
  ports: WriteCampaignsPorts,
  options: WriteCampaignsOptions,
  result: WriteCampaignsResult,
): Promise<void> {
  const campaigns = ports.campaigns();
  if (!campaigns) return;
  for (const changed of findChanges(campaigns, await ports.events.latest())) {
    const accounts = await ports.accountsOf(changed.campaign.people[0] ?? '');
    const who = accounts[0];
    if (!who || !isUsableAccount(who.account)) continue;
    if (!accounts.every(({ domain, account }) => ports.tracking.isTracked(domain, account))) continue;
    const row = rowOf(changed, who, ports.now(), options);
    const kind = row.state === 'recorded' ? 'campaign.recorded' : 'campaign.planned';
    await settle(ports, row, kind, { change: row.change, event: hashOf(row.message) });
    result.changes += 1;
    if (row.state === 'recorded') result.recorded += 1;
  }
}

function rowOf(
  { change, number, campaign, before, told, mergedInto }: ChangedCampaign,
  { domain, account }: { domain: string; account: string },
  nowMs: number,
  { phase, identifier, maxBytes }: WriteCampaignsOptions,
): CampaignEvent {
  const id = `${campaign.id}.${number}`;
  const fields = { id, number, change, campaign, mergedInto, account };
  return {
    id,
    campaign: campaign.id,
    number,
    change,
    person: campaign.people[0]!,
    domain,
    account,
    state: phase === 'enrich' ? 'planned' : 'recorded',
    note: 'waiting',
    createdMs: nowMs,
    updatedMs: nowMs,
    snapshot: campaign,
    before,
    told,
    mergedInto,
    message: composeCampaignEvent({ ...fields, identifier, timeMs: nowMs, maxBytes }),
    attempts: 0,
    attemptMs: 0,
    isWritten: false,
    looks: 0,
    notBeforeMs: 0,
    offense: undefined,
    noteText: undefined,
    noteIds: [],
    noteAttempts: 0,
    lastError: undefined,
  };
}

/** What was only recorded is sent as it was recorded, of campaigns that still go on; nobody is told of others any more. */
async function promote(ports: WriteCampaignsPorts): Promise<void> {
  const recorded = (await ports.events.unfinished()).filter(({ state }) => state === 'recorded');
  if (recorded.length === 0) return;
  const latest = new Map((await ports.events.latest()).map((row) => [row.campaign, row]));
  for (const row of recorded) {
    const change = latest.get(row.campaign)?.change;
    const isOver = change === 'closed' || change === 'merged' || !isStillTracked(ports, row);
    await save(ports, row, isOver ? { state: 'failed', lastError: 'over before it was sent' } : { state: 'planned' });
  }
}
