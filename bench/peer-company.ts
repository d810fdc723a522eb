import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEnterprise } from '../simulator/enterprise/generate.ts';
import type { Assignment } from '../simulator/enterprise/types.ts';
import type { FeatureTable } from '../src/domain/features.ts';
import type { PersonAttributes } from '../src/domain/people.ts';
import { readFeatureTable } from '../src/features/read.ts';
import { refreshFeatures } from '../src/features/refresh.ts';
import { fillRhythm, isDayOff } from '../src/features/rhythm.ts';
import * as ingest from '../src/ingest/index.ts';
import { importFiles } from '../src/pipeline/import.ts';
import { readTouches, type TouchTable } from '../src/pipeline/peer-input.ts';
import { resolvePeople } from '../src/pipeline/resolve-people.ts';
import { openDataStore } from '../src/store/open-data-store.ts';
import { labelsOf } from './judge.ts';
import { writeEnterprise } from './setting.ts';

/** A generated company as the peers see it: imported, people resolved, features computed. Rows of people are those of the
 * feature table; service accounts are among them and have no truth. */
export interface PeerCompany {
  seed: number;
  table: FeatureTable;
  touches: TouchTable;
  dayOff: Uint8Array;
  firstDay: number;
  lastDay: number;
  people: string[];
  /** HR records by date. */
  attributes: PersonAttributes[][];
  /** What each person truly does, by day; empty for accounts that are nobody's. */
  truth: { fromDay: number; department: string; role: string; team: string; projects: string[] }[][];
  /** `person day` with injected activity. */
  malicious: Set<string>;
}

const HOLIDAYS = { holidays: new Set<number>() };

export async function loadPeerCompany(options: { people: number; days: number; seed: number }): Promise<PeerCompany> {
  const folder = await mkdtemp(join(tmpdir(), 'undercurrent-peers-'));
  try {
    const { truth, actors, personOf } = writeEnterprise({ ...options, format: 'jsonl' }, join(folder, 'logs'));
    const store = await openDataStore({ directory: join(folder, 'data'), create: true, encryption: 'tokens' });
    try {
      await importFiles(await ingest.planImport([join(folder, 'logs')], 'auto'), 'auto', {
        store,
        ingest,
        options: { timeZone: 'UTC', maxRecordBytes: 1_048_576, internalDomains: [], sensitivePatterns: [] },
        now: () => Date.now(),
        elapsedMs: () => performance.now(),
      });
      const known = await resolvePeople(store.people, { aliases: [], servicePatterns: [], defaultZone: 'UTC' });
      await refreshFeatures(store.duck, known.zones);
      const table = await readFeatureTable(store.duck, -100_000, 100_000);
      fillRhythm(table, HOLIDAYS);
      const firstDay = table.day.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
      const lastDay = table.day.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const touches = await readTouches(store.duck, table, firstDay, lastDay);
      const persons = Array.from(table.people, (token) => known.byToken.get(token));
      const logins = persons.map((person) => {
        for (const account of person ? [person.primaryAccount, ...person.accounts] : []) {
          const login = personOf.get(account.toLowerCase());
          if (login) return login;
        }
        return person?.id ?? '';
      });
      const assignments = new Map(
        generateEnterprise(options).company.people.map((person) => [person.login, person.assignments]),
      );
      return {
        seed: options.seed,
        table,
        touches,
        dayOff: Uint8Array.from(table.day, (day) => (isDayOff(day, HOLIDAYS) ? 1 : 0)),
        firstDay,
        lastDay,
        people: logins,
        attributes: persons.map((person) => [...(person?.attributes ?? [])]),
        truth: logins.map((login) => (assignments.get(login) ?? []).map(plainAssignment)),
        malicious: new Set(labelsOf(truth, actors).days.keys()),
      };
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const plainAssignment = ({ fromDay, department, role, team, projects }: Assignment) => ({
  fromDay,
  department,
  role: role.name,
  team: team.name,
  projects: projects.map(({ name }) => name),
});

export function truthOn(
  company: PeerCompany,
  row: number,
  day: number,
): PeerCompany['truth'][number][number] | undefined {
  const history = company.truth[row]!;
  return history.findLast(({ fromDay }) => fromDay <= day) ?? history[0];
}
