import { createHash } from 'node:crypto';
import type { OffenseFact } from '../domain/context.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Campaign } from '../domain/findings.ts';
import { nextEntry } from '../governance/audit-chain.ts';
import type { JsonValue } from '../governance/canonical-json.ts';
import type { AuditRow } from '../governance/ports.ts';
import type { ArrivalPort, CampaignEvent, CampaignNotePort, SyslogPort } from '../writeback/campaign-ports.ts';
import type { NotePhase } from '../writeback/ports.ts';

export interface WriteCampaignsPorts {
  /** Campaigns of the last whole analysis; `undefined` before there is one. */
  campaigns(): readonly Campaign[] | undefined;
  /** Accounts of a person, the primary one, by which QRadar knows them, first. */
  accountsOf(person: string): Promise<readonly { domain: string; account: string }[]>;
  events: {
    latest(): Promise<CampaignEvent[]>;
    unfinished(): Promise<CampaignEvent[]>;
    offensesOf(campaign: string): Promise<number[]>;
    /** Durable, together with the audit entry, before it resolves. */
    save(row: CampaignEvent, seal?: (last: AuditRow | undefined) => AuditRow): Promise<void>;
  };
  offenses: {
    get(id: number): Promise<OffenseFact | undefined>;
    about(names: readonly string[], fromMs: number, toMs: number, limit: number): Promise<{ offenses: OffenseFact[] }>;
  };
  /** The next three are used in phase `enrich` only. */
  syslog: SyslogPort;
  arrivals: ArrivalPort;
  notes: CampaignNotePort;
  tracking: { readonly isKnown: boolean; isTracked(domain: string, account: string): boolean };
  now(): number;
  signal?: AbortSignal;
}

export interface WriteCampaignsOptions {
  phase: NotePhase;
  /** Of the log source. */
  identifier: string;
  /** Rule that raises the offense. */
  ruleName: string;
  /** Longest event in bytes. */
  maxBytes: number;
}

/** What became of events and notes in this round. */
export interface WriteCampaignsResult {
  /** New states. */
  changes: number;
  recorded: number;
  sent: number;
  /** Seen in QRadar. */
  arrived: number;
  /** Sent before, not there: to be sent again with the same id. */
  lost: number;
  failed: number;
  noted: number;
  notesGivenUp: number;
  /** Why nothing more can be done at present. */
  blocked: ErrorCode | undefined;
}

/** One step of a round, with the rows that are not finished. */
export type CampaignStep = (
  ports: WriteCampaignsPorts,
  rows: readonly CampaignEvent[],
  result: WriteCampaignsResult,
  options: WriteCampaignsOptions,
) => Promise<void>;

export const isStillTracked = ({ tracking }: WriteCampaignsPorts, { domain, account }: CampaignEvent): boolean =>
  tracking.isTracked(domain, account);

export const hashOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export const save = (ports: WriteCampaignsPorts, row: CampaignEvent, change: Partial<CampaignEvent>): Promise<void> =>
  ports.events.save({ ...row, ...change, updatedMs: ports.now() });

/** Stores a state with its audit entry, which holds numbers and hashes only. */
export async function settle(
  ports: WriteCampaignsPorts,
  row: CampaignEvent,
  kind: string,
  more: { readonly [key: string]: JsonValue },
): Promise<void> {
  const timeMs = ports.now();
  const body = { id: row.id, ...more };
  await ports.events.save({ ...row, updatedMs: timeMs }, (last) => nextEntry(last, kind, body, timeMs));
}
