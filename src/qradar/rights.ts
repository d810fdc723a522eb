import type { EndpointDirectory } from './endpoints.ts';

export type RightPhase = 'assist' | 'enrich';

/** Something the sidecar does with the console, the calls it takes, and what is lost without it. */
export interface Right {
  name: string;
  purpose: string;
  /** The first phase that has a use for it. */
  phase: RightPhase;
  isRequired: boolean;
  calls: readonly (readonly [method: string, path: string])[];
  /** Any one of the calls is enough. */
  anyOf?: boolean;
  loss: string;
}

const search = '/ariel/searches';
const collections = '/reference_data_collections';

export const RIGHTS: readonly Right[] = [
  {
    name: 'read offenses',
    purpose: 'follow the offenses of UBA',
    phase: 'assist',
    isRequired: true,
    calls: [
      ['GET', '/siem/offenses'],
      ['GET', '/siem/offenses/{offense_id}'],
    ],
    loss: 'no offense is seen, nothing can be explained',
  },
  {
    name: 'search events',
    purpose: 'read or aggregate activity by AQL',
    phase: 'assist',
    isRequired: true,
    calls: [
      ['POST', search],
      ['GET', `${search}/{search_id}`],
      ['GET', `${search}/{search_id}/results`],
    ],
    loss: 'no activity from QRadar; only syslog and files remain',
  },
  {
    name: 'end searches',
    purpose: 'cancel and delete own searches',
    phase: 'assist',
    isRequired: true,
    calls: [
      ['POST', `${search}/{search_id}`],
      ['DELETE', `${search}/{search_id}`],
    ],
    loss: 'searches stay on the console for a day and take room',
  },
  {
    name: 'read event columns',
    purpose: 'see which custom properties exist',
    phase: 'assist',
    isRequired: false,
    calls: [['GET', '/ariel/databases/{database_name}']],
    loss: 'features that need custom properties are left out',
  },
  {
    name: 'read rules of offenses',
    purpose: 'tell offenses of UBA from others, show what each rule added',
    phase: 'assist',
    isRequired: false,
    calls: [
      ['GET', '/analytics/rules_offense_contributions'],
      ['GET', '/analytics/rules'],
    ],
    loss: 'offenses of UBA are told by log source type only',
  },
  {
    name: 'read closing reasons',
    purpose: 'learn from how offenses were closed',
    phase: 'assist',
    isRequired: false,
    calls: [
      ['GET', '/siem/offense_closing_reasons'],
      ['GET', '/siem/offense_types'],
    ],
    loss: 'verdicts given in QRadar are not understood',
  },
  {
    name: 'read reference sets',
    purpose: 'honour "UBA : Users Not Tracked"',
    phase: 'assist',
    isRequired: true,
    calls: [
      ['GET', `${collections}/set_entries`],
      ['GET', '/reference_data/sets/{name}'],
    ],
    anyOf: true,
    loss: 'people who must not be tracked cannot be left out',
  },
  {
    name: 'read log sources',
    purpose: 'tell silence from a gap',
    phase: 'assist',
    isRequired: false,
    calls: [['GET', '/config/event_sources/log_source_management/log_sources']],
    loss: 'a silent log source looks like a quiet day',
  },
  {
    name: 'read domains',
    purpose: 'keep equal names of different domains apart',
    phase: 'assist',
    isRequired: false,
    calls: [['GET', '/config/domain_management/domains']],
    loss: 'domains are numbers without names',
  },
  {
    name: 'read assets',
    purpose: 'say who uses which host',
    phase: 'assist',
    isRequired: false,
    calls: [['GET', '/asset_model/assets']],
    loss: 'flows are joined to people by events only',
  },
  {
    name: 'find UBA',
    purpose: 'read risk, department and aliases from UBA',
    phase: 'assist',
    isRequired: false,
    calls: [['GET', '/gui_app_framework/applications']],
    loss: 'the app id of UBA must be configured (qradar.ubaAppId)',
  },
  {
    name: 'read notes',
    purpose: 'never post a note twice',
    phase: 'enrich',
    isRequired: true,
    calls: [['GET', '/siem/offenses/{offense_id}/notes']],
    loss: 'no notes: it cannot be seen what is there already',
  },
  {
    name: 'write notes',
    purpose: 'explain offenses of UBA',
    phase: 'enrich',
    isRequired: true,
    calls: [['POST', '/siem/offenses/{offense_id}/notes']],
    loss: 'findings are kept here and not shown in QRadar',
  },
  {
    name: 'write reference data',
    purpose: 'publish risk and peer groups for rules',
    phase: 'enrich',
    isRequired: false,
    calls: [
      ['PATCH', `${collections}/set_entries`],
      ['POST', '/reference_data/sets/bulk_load/{name}'],
    ],
    anyOf: true,
    loss: 'rules and searches in QRadar do not see the findings',
  },
];

export type Grant = 'granted' | 'missing' | 'not offered' | 'unknown';

export interface RightState {
  name: string;
  purpose: string;
  phase: RightPhase;
  isRequired: boolean;
  grant: Grant;
  /** The calls that are not granted. */
  missing: string[];
  loss: string;
}

const isWorse = (a: Grant, b: Grant) => ORDER.indexOf(a) > ORDER.indexOf(b);
const ORDER: readonly Grant[] = ['granted', 'unknown', 'not offered', 'missing'];

/** Holds every right against what the console says. Without a directory nothing is known. */
export function checkRights(directory: EndpointDirectory | undefined): RightState[] {
  return RIGHTS.map(({ calls, anyOf, ...right }) => {
    const grants = calls.map(([method, path]) => ({
      call: `${method} ${path}`,
      grant: grantOf(directory, method, path),
    }));
    const all = grants.map(({ grant }) => grant);
    const grant = all.reduce((kept, next) => (isWorse(next, kept) !== (anyOf ?? false) ? next : kept));
    const missing = grant === 'granted' ? [] : grants.flatMap((one) => (one.grant === 'granted' ? [] : [one.call]));
    return { ...right, grant, missing };
  });
}

function grantOf(directory: EndpointDirectory | undefined, method: string, path: string): Grant {
  if (!directory) return 'unknown';
  const { isOffered, isAllowed } = directory.stateOf(method, path);
  if (!isOffered) return 'not offered';
  if (isAllowed === undefined) return 'unknown';
  return isAllowed ? 'granted' : 'missing';
}

/** Required rights that a phase lacks. `enrich` needs those of `assist` as well. */
export const lackingFor = (phase: RightPhase, states: readonly RightState[]): RightState[] =>
  states.filter(
    (state) => state.isRequired && state.grant !== 'granted' && (phase === 'enrich' || state.phase === 'assist'),
  );
