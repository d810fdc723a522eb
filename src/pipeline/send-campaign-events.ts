import type { CampaignEvent } from '../writeback/campaign-ports.ts';
import { classifyFailure, pauseAfterMs } from '../writeback/failures.ts';
import {
  isStillTracked,
  save,
  settle,
  type WriteCampaignsOptions,
  type WriteCampaignsPorts,
  type WriteCampaignsResult,
} from './campaign-steps.ts';

/** Events handed over at once. */
const BATCH = 50;
const MOST_ATTEMPTS = 3;
/** Whether an event arrived is asked so long after the attempt, and again after twice and four times that. */
const FIRST_LOOK_MS = 60_000;
const MOST_LOOKS = 3;
/** Finds out about attempts. One search for all of them. */
export async function lookUp(
  ports: WriteCampaignsPorts,
  rows: readonly CampaignEvent[],
  result: WriteCampaignsResult,
): Promise<void> {
  const now = ports.now();
  const due = rows.filter((row) => row.state === 'sending' && now >= row.attemptMs + FIRST_LOOK_MS * 2 ** row.looks);
  if (due.length === 0) return;
  const since = Math.min(...due.map(({ attemptMs }) => attemptMs));
  const arrived = await ports.arrivals.arrivedSince(since, ports.signal);
  for (const row of due) {
    if (arrived?.has(row.id)) {
      await settle(ports, { ...row, state: 'arrived', lastError: undefined }, 'campaign.arrived', {});
      result.arrived += 1;
    } else if (arrived === undefined) {
      // No way to look: what was handed over counts as sent, what was cut off is sent again.
      await save(ports, row, row.isWritten ? { state: 'sent' } : { state: 'planned' });
      if (!row.isWritten) result.lost += 1;
    } else if (row.looks + 1 < MOST_LOOKS) await save(ports, row, { looks: row.looks + 1 });
    else if (row.attempts < MOST_ATTEMPTS) {
      await save(ports, row, { state: 'planned', looks: 0 });
      result.lost += 1;
    } else {
      const lastError = 'not seen in QRadar: is the log source there?';
      await settle(ports, { ...row, state: 'failed', lastError }, 'campaign.failed', { reason: 'not-seen' });
      result.failed += 1;
    }
  }
}

/** In the order the states came about; the later states of a campaign wait for the earlier ones to leave. */
export async function sendPlanned(
  ports: WriteCampaignsPorts,
  rows: readonly CampaignEvent[],
  result: WriteCampaignsResult,
  options: WriteCampaignsOptions,
): Promise<void> {
  const now = ports.now();
  const batch: CampaignEvent[] = [];
  for (const row of rows) {
    if (row.state !== 'planned' || row.notBeforeMs > now || batch.length >= BATCH) continue;
    if (!isStillTracked(ports, row)) await giveUp(ports, row, 'not-tracked');
    // Made for another protocol.
    else if (Buffer.byteLength(row.message) > options.maxBytes) await giveUp(ports, row, 'too-long');
    else batch.push(row);
  }
  if (batch.length === 0) return;
  const begun = batch.map((row): CampaignEvent => {
    return { ...row, state: 'sending', attempts: row.attempts + 1, attemptMs: now, isWritten: false, looks: 0 };
  });
  for (const row of begun) await save(ports, row, {});
  try {
    await ports.syslog.send(
      begun.map(({ message }) => message),
      ports.signal,
    );
  } catch (error) {
    const hasLeft = (error as { outcome?: unknown }).outcome !== 'none';
    const { code } = classifyFailure(error);
    for (const [index, row] of begun.entries()) {
      const notBeforeMs = now + pauseAfterMs(row.attempts);
      // Nothing left: the attempt does not count.
      const before = { state: 'planned', attempts: batch[index]!.attempts, notBeforeMs } as const;
      await save(ports, row, { ...(hasLeft ? {} : before), lastError: code });
    }
    throw error;
  }
  for (const row of begun) {
    await settle(ports, { ...row, isWritten: true, lastError: undefined }, 'campaign.sent', { attempt: row.attempts });
    result.sent += 1;
  }
}

async function giveUp(ports: WriteCampaignsPorts, row: CampaignEvent, reason: string): Promise<void> {
  const empty = { message: '', noteText: undefined };
  await settle(ports, { ...row, ...empty, state: 'failed', lastError: reason }, 'campaign.failed', { reason });
}
