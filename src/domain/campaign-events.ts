/** Words that events about campaigns, and what reads them in QRadar, have in common. */

/** Vendor and product of the events; the log source type in QRadar has the same name. */
export const EVENT_PRODUCT = 'Undercurrent';

export type CampaignChange = 'opened' | 'grown' | 'merged' | 'closed';

/** Event id and category of each change: the pair that QRadar maps to a QID. */
export const EVENT_OF_CHANGE: Readonly<Record<CampaignChange, readonly [eventId: string, category: string]>> = {
  opened: ['campaign_opened', 'AIFinding'],
  grown: ['campaign_grown', 'AIFinding'],
  // An end must not raise a new offense when the old one is closed or inactive.
  merged: ['campaign_merged', 'AIFindingEnd'],
  closed: ['campaign_closed', 'AIFindingEnd'],
};

/** Keys of the events that LEEF does not know itself. */
export type CampaignEventKey =
  | 'eventUid'
  | 'campaignId'
  | 'campaignState'
  | 'campaignChange'
  | 'campaignScore'
  | 'campaignChance'
  | 'campaignStages'
  | 'campaignStart'
  | 'campaignEnd'
  | 'campaignPeople'
  | 'campaignDays'
  | 'mergedInto';
