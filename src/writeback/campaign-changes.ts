import type { CampaignChange } from '../domain/campaign-events.ts';
import type { Campaign } from '../domain/findings.ts';
import type { CampaignEvent, ToldParts } from './campaign-ports.ts';

/** A campaign that has changed since it was last told. */
export interface ChangedCampaign {
  change: CampaignChange;
  number: number;
  campaign: Campaign;
  /** Told by earlier states, and with this one. */
  before: ToldParts;
  told: ToldParts;
  mergedInto: string | undefined;
}

/** What is kept of a campaign that grows without end. */
const MOST_PARTS = 2000;
/** A campaign goes on in another one that holds so much of it. */
const MERGED_SHARE = 0.5;

const isEnded = ({ change }: Pick<CampaignEvent, 'change'>): boolean => change === 'merged' || change === 'closed';

/**
 * What has to be told, given the campaigns of the last analysis and the last told state of each. What was told once is not
 * told again when it comes back: an analysis of a day that is not over moves to and fro. A campaign that had ended before it
 * was ever told is left out. Depends on nothing but its arguments, and gives nothing for what it gave before.
 */
export function findChanges(campaigns: readonly Campaign[], latest: readonly CampaignEvent[]): ChangedCampaign[] {
  const lastOf = new Map(latest.map((event) => [event.campaign, event]));
  const current = new Map(campaigns.map((campaign) => [campaign.id, campaign]));
  const changes: ChangedCampaign[] = [];
  for (const campaign of campaigns) {
    const last = lastOf.get(campaign.id);
    const change = changeOf(campaign, last);
    if (change) changes.push(changed(change, campaign, last));
  }
  for (const last of latest) {
    if (isEnded(last) || current.has(last.campaign)) continue;
    const into = findSuccessor(last, campaigns);
    changes.push({ ...changed(into ? 'merged' : 'closed', last.snapshot, last), mergedInto: into?.id });
  }
  return changes;
}

function changeOf(campaign: Campaign, last: CampaignEvent | undefined): CampaignChange | undefined {
  if (!last) return campaign.isClosed ? undefined : 'opened';
  if (campaign.isClosed) return isEnded(last) ? undefined : 'closed';
  const grows = hasMore(campaign, last.told);
  // One that went on with the same signals after its end is the same to a reader.
  if (isEnded(last)) return grows ? 'opened' : undefined;
  return grows ? 'grown' : undefined;
}

const hasMore = ({ people, stages, anomalies }: Campaign, told: ToldParts): boolean =>
  people.some((one) => !told.people.includes(one)) ||
  stages.some(({ stage }) => !told.stages.includes(stage)) ||
  (told.anomalies.length < MOST_PARTS && anomalies.some((id) => !told.anomalies.includes(id)));

function changed(change: CampaignChange, campaign: Campaign, last: CampaignEvent | undefined): ChangedCampaign {
  const join = <T>(known: readonly T[], now: readonly T[]): T[] =>
    [...new Set([...known, ...now])].slice(0, MOST_PARTS);
  const before: ToldParts = last?.told ?? { people: [], stages: [], anomalies: [] };
  const stages = campaign.stages.map(({ stage }) => stage);
  const told = {
    people: join(before.people, campaign.people),
    stages: join(before.stages, stages),
    anomalies: join(before.anomalies, campaign.anomalies),
  };
  return { change, number: (last?.number ?? 0) + 1, campaign, before, told, mergedInto: undefined };
}

function findSuccessor({ snapshot, campaign }: CampaignEvent, campaigns: readonly Campaign[]): Campaign | undefined {
  const parts = new Set(snapshot.anomalies);
  let [best, most] = [undefined as Campaign | undefined, 0];
  for (const other of campaigns) {
    if (other.id === campaign) continue;
    const shared = other.anomalies.filter((id) => parts.has(id)).length;
    if (shared > most) [best, most] = [other, shared];
  }
  return most > 0 && most >= parts.size * MERGED_SHARE ? best : undefined;
}
