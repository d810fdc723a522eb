import type { Activity, FileCategory, Sensitivity, WebCategory } from '../../src/domain/activity.ts';
import type { DirectoryRecord } from '../../src/domain/ingest.ts';
import type { RoleProfile } from './roles.ts';

export interface EnterpriseOptions {
  people: number;
  days: number;
  seed: number;
  /** First UTC day, `YYYY-MM-DD`; default 2026-01-05. */
  startDay?: string;
  /** All (default), none, or the named ones. */
  scenarios?: boolean | readonly string[];
  /** IANA zones given to the sites in turn; default all UTC. */
  zones?: readonly string[];
}

export interface Site {
  index: number;
  code: string;
  name: string;
  zone: string;
}

export interface FileEntry {
  path: string;
  name: string;
  category: FileCategory;
  sensitivity: Sensitivity;
  sizeBytes: number;
}

/** A share, folder or document library with its files; early files are the busy ones. */
export interface FolderTree {
  root: string;
  host: string;
  address: string;
  files: FileEntry[];
}

export interface Server {
  name: string;
  address: string;
  kind: 'file' | 'database' | 'web' | 'build' | 'application' | 'directory' | 'mail' | 'jump' | 'log';
}

/** A machine without an owner: shop floor terminals, meeting rooms. */
export interface SharedMachine {
  name: string;
  address: string;
  site: Site;
}

export interface Database {
  server: Server;
  name: string;
  tables: string[];
  sensitivity: Sensitivity;
}

export interface WebSite {
  host: string;
  category: WebCategory;
  weight: number;
}

export interface Team {
  name: string;
  department: string;
  share: FolderTree;
  members: Person[];
  lead: Person | undefined;
}

export interface Project {
  name: string;
  share: FolderTree;
  library: FolderTree;
  database: Database;
  buildServer: Server;
  /** Day numbers, half-open. */
  fromDay: number;
  toDay: number;
  members: Person[];
}

/** What a person does for the company from a day on. */
export interface Assignment {
  fromDay: number;
  department: string;
  role: RoleProfile;
  team: Team;
  projects: Project[];
}

/** Stable personal habits; minutes are local minutes of the day. */
export interface Habits {
  startMinute: number;
  startSpread: number;
  workMinutes: number;
  lunchMinute: number;
  eveningRate: number;
  weekendRate: number;
  remoteShare: number;
  /** Share of workdays with removable media, 0 for most people. */
  removableRate: number;
  noveltyRate: number;
  /** Negative binomial shape of daily counts: small is erratic. */
  shape: number;
  volume: {
    web: number;
    mail: number;
    share: number;
    local: number;
    cloud: number;
    database: number;
    programs: number;
  };
  logsOff: boolean;
  /** Works on the office machine by remote desktop when away. */
  remoteDesktop: boolean;
  /** Share of workdays with a look into a folder on a colleague's machine, 0 for most. */
  peerFolderRate: number;
  /** Logons to shared machines a workday. */
  sharedMachineRate: number;
}

export interface Person {
  index: number;
  name: string;
  login: string;
  /** Login in the CERT layout, such as ABC0123. */
  plainId: string;
  email: string;
  site: Site;
  device: string;
  address: string;
  homeAddress: string;
  /** Address inside the company network while connected through the VPN. */
  tunnelAddress: string;
  habits: Habits;
  assignments: Assignment[];
  /** Has a second, administrative account. */
  admin: boolean;
  hiredDay: number;
  /** First day the person is gone; Infinity for those who stay. */
  leftDay: number;
  absentDays: Set<number>;
  travel: { fromDay: number; toDay: number; address: string }[];
  favouriteSites: WebSite[];
  externalContacts: string[];
  documents: FolderTree;
  personality: number[];
}

export interface HrRecord extends DirectoryRecord {
  /** First day the record no longer holds, `''` while it does. */
  toDay: string;
  plainId: string;
}

export interface Mark {
  record: TruthEpisode;
  stage: string;
}

export interface TruthEpisode {
  type: 'insider' | 'lookalike';
  scenario: string;
  /** The scenario a benign episode looks like. */
  resembles?: string;
  person: string;
  plainId: string;
  accounts: string[];
  start: string;
  end: string;
  intensity?: number;
  victims?: string[];
  days: { day: string; stage: string; activityIds: string[] }[];
}

export interface TruthFact {
  type: 'person' | 'role-change' | 'event';
  [key: string]: unknown;
}

export interface DayOfActivities {
  /** UTC day, `YYYY-MM-DD`. */
  day: string;
  activities: Activity[];
}
