import type { CampaignChange } from '../domain/campaign-events.ts';
import type { Stage } from '../domain/features.ts';
import type { Campaign } from '../domain/findings.ts';

/**
 * Where the event of one state stands. `recorded`: would have been sent. `planned`: to be sent, exactly as it is stored.
 * `sending`: an attempt was begun, and it is not known whether it arrived. `arrived`: seen in QRadar. `sent`: written to the
 * collector, and the console does not let us look. `failed`: given up.
 */
export type EventState = 'recorded' | 'planned' | 'sending' | 'arrived' | 'sent' | 'failed';

/** Where the note of one state stands: on the offense that the rule raised. */
export type CampaignNoteState = 'waiting' | 'posted' | 'given-up';

/** All that was ever told of a campaign, so that what comes and goes is told once. */
export interface ToldParts {
  people: string[];
  stages: Stage[];
  anomalies: string[];
}

/** One state of a campaign on its way to QRadar. Times are UTC epoch milliseconds. */
export interface CampaignEvent {
  /** `CAMPAIGN.NUMBER`: the same for every attempt. Stands in the event and begins the note. */
  id: string;
  campaign: string;
  /** 1, 2, 3, ... */
  number: number;
  change: CampaignChange;
  /** Pseudonym of the person it is about. */
  person: string;
  domain: string;
  /** As QRadar writes it. */
  account: string;
  state: EventState;
  note: CampaignNoteState;
  createdMs: number;
  updatedMs: number;
  /** As it was then. */
  snapshot: Campaign;
  /** Told by the states before this one, and with it. */
  before: ToldParts;
  told: ToldParts;
  /** The campaign that goes on in its place. */
  mergedInto: string | undefined;
  /** The syslog message, fixed before anything is sent. */
  message: string;
  attempts: number;
  /** When the last attempt began. */
  attemptMs: number;
  /** The last attempt handed all bytes over. */
  isWritten: boolean;
  /** How often the console was asked whether the last attempt arrived. */
  looks: number;
  /** Nothing is to be tried before. */
  notBeforeMs: number;
  offense: number | undefined;
  /** Fixed before it is posted. */
  noteText: string | undefined;
  noteIds: number[];
  noteAttempts: number;
  lastError: string | undefined;
}

/** Sends syslog messages in order. Throws AppError; `outcome` of the error says whether any byte may have left. */
export interface SyslogPort {
  send(messages: readonly string[], signal?: AbortSignal): Promise<void>;
}

/** Asks the console which events it holds. */
export interface ArrivalPort {
  /**
   * Ids of campaign events that QRadar received since `sinceMs` by our clock; `undefined`: the token may not look.
   */
  arrivedSince(sinceMs: number, signal?: AbortSignal): Promise<ReadonlySet<string> | undefined>;
}

/** Puts a text on an offense unless a note with that id stands there. */
export interface CampaignNotePort {
  post(
    offenseId: number,
    id: string,
    text: string,
    signal?: AbortSignal,
  ): Promise<{ noteIds: number[]; found: number }>;
}
