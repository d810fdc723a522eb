import { join } from 'node:path';
import { generateEnterprise } from '../simulator/enterprise/generate.ts';
import type { TruthEpisode } from '../simulator/enterprise/types.ts';
import { writeEnterprise as writeFiles } from '../simulator/enterprise/write-enterprise.ts';
import type { ImportFormat } from '../src/domain/ingest.ts';
import { parseDay } from '../src/domain/time.ts';
import * as ingest from '../src/ingest/index.ts';
import { type Analysis, analyze } from '../src/pipeline/analyze.ts';
import { importFiles } from '../src/pipeline/import.ts';
import { resolvePeople } from '../src/pipeline/resolve-people.ts';
import { openDataStore } from '../src/store/open-data-store.ts';
import type { RankedDay } from './judge.ts';

/** What every benchmark over the synthetic enterprise does: logs on disk, imported, analysed as a user would. */

export interface WrittenEnterprise {
  truth: TruthEpisode[];
  /** Person of any account of theirs, lower case; people are named by login, or by plain id in the CERT layout. */
  personOf: Map<string, string>;
  /** Person whose account an injected activity was done with: a masquerade shows on the account that was taken. */
  actors: Map<string, string>;
}

export function writeEnterprise(
  options: { people: number; days: number; seed: number; format: 'jsonl' | 'leef' | 'cert' },
  folder: string,
): WrittenEnterprise {
  const enterprise = generateEnterprise(options);
  const accounts = new Map<string, string>();
  function* days(): ReturnType<typeof enterprise.days> {
    for (const today of enterprise.days()) {
      const injected = new Set(
        enterprise.truth.episodes.flatMap((episode) =>
          episode.days.filter(({ day }) => day === today.day).flatMap(({ activityIds }) => activityIds),
        ),
      );
      for (const { originId, account } of today.activities) if (injected.has(originId)) accounts.set(originId, account);
      yield today;
    }
  }
  writeFiles({ ...enterprise, days }, { format: options.format, out: folder });
  const personOf = new Map<string, string>();
  const plainIds = new Map<string, string>();
  for (const fact of enterprise.truth.facts) {
    if (fact.type !== 'person') continue;
    const login = String(fact.person);
    plainIds.set(login, String(fact.plainId));
    for (const account of [...(fact.accounts as string[]), String(fact.plainId)])
      personOf.set(account.toLowerCase(), login);
  }
  const actors = new Map<string, string>();
  for (const [id, account] of accounts) {
    const person = personOf.get(account.toLowerCase());
    if (person !== undefined) actors.set(id, person);
  }
  return { truth: enterprise.truth.episodes, personOf, actors };
}

export interface AnalysedFolder {
  analysis: Analysis;
  ranked: RankedDay[];
  /** Of each person of `analysis.table`. */
  departments: string[];
  names: string[];
  /** Pseudonyms. */
  ids: string[];
  days: number;
}

export async function analyseFolder(
  logs: string,
  data: string,
  options: { format: ImportFormat; budgetPerDay: number; personOf: Map<string, string> },
): Promise<AnalysedFolder> {
  const store = await openDataStore({ directory: join(data), create: true, encryption: 'tokens' });
  try {
    const plan = await ingest.planImport([logs], options.format);
    await importFiles(plan, options.format, {
      store,
      ingest,
      options: { timeZone: 'UTC', maxRecordBytes: 1_048_576, internalDomains: [], sensitivePatterns: [] },
      now: () => Date.now(),
      elapsedMs: () => performance.now(),
    });
    const people = await resolvePeople(store.people, { aliases: [], servicePatterns: [], defaultZone: 'UTC' });
    const analysis = await analyze(
      {
        database: store.duck,
        people: people.byToken,
        zones: people.zones,
        calendar: { holidays: new Set() },
        elapsedMs: () => performance.now(),
      },
      { budgetPerDay: options.budgetPerDay, minScore: 0, seed: 1, minimumPeers: 5 },
    );
    const byId = new Map([...people.byToken.values()].map((person) => [person.id, person]));
    const nameOf = (id: string): string => {
      const person = byId.get(id);
      for (const account of person ? [person.primaryAccount, ...person.accounts] : []) {
        const login = options.personOf.get(account.toLowerCase());
        if (login) return login;
      }
      return person?.primaryAccount ?? id;
    };
    const ids = Array.from(analysis.table.people, (token) => people.byToken.get(token)?.id ?? '');
    return {
      analysis,
      ranked: analysis.anomalies.map(({ person, day, score }) => ({
        person: nameOf(person),
        day: parseDay(day)!,
        score,
      })),
      departments: ids.map((id) => byId.get(id)?.attributes[0]?.department ?? ''),
      names: ids.map(nameOf),
      ids,
      days: new Set(analysis.table.day).size,
    };
  } finally {
    await store.close();
  }
}
