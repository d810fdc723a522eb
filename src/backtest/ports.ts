import type { Random } from '../numeric/random.ts';

/** Kinds of real activities of the own history that a planted activity is made from. */
export const TEMPLATE_KINDS = [
  'removable_copy',
  'removable_connect',
  'file_read',
  'job_site_visit',
  'web_upload',
  'external_mail',
  'logon',
  'failed_logon',
] as const;
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];

/** A person as the history before the replay shows them; tokens as the store keeps them, 0 = none known. */
export interface Subject {
  /** Pseudonym. */
  person: string;
  /** Main account. */
  account: bigint;
  device: bigint;
  source: bigint;
  /** A folder, database or service of their own. */
  scope: bigint;
  zone: number;
  /** Local hours between which nine in ten of their active days lie. */
  startHour: number;
  endHour: number;
  /** Days of the replay on which they are active, ascending. */
  activeDays: readonly number[];
  /** Median a day of the history. */
  usual: { activities: number; fileReads: number; fileCopies: number; webRequests: number; mailsSent: number };
}

/** What of others' a scenario may reach for. */
export interface Surroundings {
  /** Folders that others read and the person never touched, at most `FOREIGN_SCOPES`. */
  foreignScopes: readonly bigint[];
  /** Computers that are somebody else's own and that the person never used. */
  foreignDevices: readonly bigint[];
}

/** Activities of one kind on one day; what is absent stays as in the template, or is the person's own. */
export interface Step {
  template: TemplateKind;
  /** Local day number. */
  day: number;
  /** Local hour they begin and how long they last, hours; within the day. */
  hour: number;
  hours: number;
  count: number;
  /** Factor on the bytes of the template. */
  bytesScale: number;
  /** Only templates in this folder. */
  fromScope?: bigint;
  device?: bigint;
  /** In place of scope, target and resource: a place nobody has seen before. */
  newPlace?: bigint;
  webCategory?: number;
  logonType?: number;
}

export interface Scenario {
  id: string;
  /** What it stands for, in words. */
  title: string;
  needs: readonly TemplateKind[];
  /** Fewest of the person's active days in the replay that it takes. */
  leastDays: number;
  needsForeignScopes?: number;
  needsForeignDevice?: boolean;
  plan(subject: Subject, around: Surroundings, random: Random): Step[];
}

/** One insider planted into the copy of the history. */
export interface Planted {
  scenario: string;
  person: string;
  /** Day numbers with planted activities, ascending. */
  days: number[];
  activities: number;
}
