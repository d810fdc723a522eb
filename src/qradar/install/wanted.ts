import { type CampaignEventKey, EVENT_OF_CHANGE, EVENT_PRODUCT } from '../../domain/campaign-events.ts';

/** Everything made on a console is named so, and says so where it has a description. */
export const MARK = 'Made by undercurrent qradar install.';

/** Low level categories for the events, the first that the console knows. */
export const CATEGORIES = ['User Behavior', 'Suspicious Activity', 'Misc Suspicious Activity', 'Unknown'] as const;

export interface WantedEvent {
  eventId: string;
  category: string;
  name: string;
  description: string;
  severity: number;
}

const DESCRIPTIONS = {
  opened: ['Undercurrent campaign opened', 'Weak signals of several days that chance does not join.', 6],
  grown: ['Undercurrent campaign grew', 'A known campaign has new days, stages or people.', 6],
  merged: ['Undercurrent campaign merged', 'A known campaign goes on as part of another one.', 3],
  closed: [
    'Undercurrent campaign closed',
    'A known campaign has had no new signal for two weeks, or was withdrawn.',
    2,
  ],
} as const;

export const WANTED_EVENTS: readonly WantedEvent[] = Object.entries(DESCRIPTIONS).map(
  ([change, [name, description, severity]]) => {
    const [eventId, category] = EVENT_OF_CHANGE[change as keyof typeof DESCRIPTIONS];
    return { eventId, category, name, description, severity };
  },
);

export interface WantedProperty {
  name: string;
  /** Key in the LEEF event. */
  key: CampaignEventKey;
  type: 'string' | 'numeric';
  /** Read while events come in, so that rules may use it. */
  isForRules: boolean;
}

const property = (
  name: string,
  key: CampaignEventKey,
  type: WantedProperty['type'] = 'string',
  isForRules = false,
): WantedProperty => ({ name: `${EVENT_PRODUCT} ${name}`, key, type, isForRules });

export const WANTED_PROPERTIES: readonly WantedProperty[] = [
  property('Event', 'eventUid'),
  property('Campaign', 'campaignId', 'string', true),
  property('Campaign Change', 'campaignChange', 'string', true),
  property('Campaign Score', 'campaignScore', 'numeric', true),
  property('Campaign Chance', 'campaignChance', 'numeric'),
  property('Campaign Stages', 'campaignStages', 'string', true),
  property('Campaign Start', 'campaignStart'),
  property('Campaign End', 'campaignEnd'),
  property('Campaign People', 'campaignPeople', 'numeric'),
];
