import type { Evidence } from '../domain/findings.ts';
import { FEATURE_INDEX, FEATURES } from '../features/catalogue.ts';
import { compileEvidence } from '../features/compile-duckdb.ts';
import { type FeatureDatabase, numbers, tokens } from '../features/ports.ts';

/** A person-day to find activities for, and the features that spoke. */
export interface EvidenceRequest {
  day: number;
  person: bigint;
  /** Hours that are unusual for the person that day, bit h for hour h. */
  unusualHours: number;
  features: string[];
}

const PER_DEVIATION = 5;
const INSERT_ROWS = 2000;

const keyOf = (day: number, person: bigint) => `${day}:${person}`;

/**
 * The activities behind each deviation, at most five a deviation, each once: one query a feature for all person-days.
 * @returns evidence by request, in the order of the requests
 */
export async function findEvidence(
  db: FeatureDatabase,
  requests: EvidenceRequest[],
  zoned: boolean,
): Promise<Evidence[][]> {
  const position = new Map(requests.map(({ day, person }, index) => [keyOf(day, person), index]));
  const found: Map<string, Evidence>[] = requests.map(() => new Map());
  const byFeature = new Map<string, EvidenceRequest[]>();
  for (const request of requests) {
    for (const name of request.features) {
      const list = byFeature.get(name);
      if (list) list.push(request);
      else byFeature.set(name, [request]);
    }
  }
  for (const name of [...byFeature.keys()].sort()) {
    const wanted = byFeature.get(name)!;
    await db.run('CREATE OR REPLACE TEMP TABLE evidence_pair(day INTEGER, person BIGINT, hours INTEGER)');
    for (let at = 0; at < wanted.length; at += INSERT_ROWS) {
      const rows = wanted
        .slice(at, at + INSERT_ROWS)
        .map(({ day, person, unusualHours }) => `(${day}, ${person}, ${unusualHours})`);
      await db.run(`INSERT INTO evidence_pair VALUES ${rows.join(', ')}`);
    }
    const days = wanted.map(({ day }) => day).sort((a, b) => a - b);
    const pairs = { table: 'evidence_pair', first: days[0]!, last: days.at(-1)! };
    const sql = compileEvidence(FEATURES[FEATURE_INDEX.get(name)!]!, pairs, zoned, PER_DEVIATION);
    const columns = await db.columns(sql);
    const [day, time] = [numbers(columns, 'day'), numbers(columns, 'time_ms')];
    const [person, id] = [tokens(columns, 'person'), tokens(columns, 'id')];
    for (let i = 0; i < day.length; i++) {
      const index = position.get(keyOf(day[i]!, person[i]!));
      if (index === undefined) continue;
      const activityId = BigInt.asUintN(64, id[i]!).toString(16).padStart(16, '0');
      found[index]!.set(activityId, { activityId, time: new Date(time[i]!).toISOString() });
    }
  }
  return found.map((items) =>
    [...items.values()].sort((a, b) =>
      a.time < b.time ? -1 : a.time > b.time ? 1 : a.activityId < b.activityId ? -1 : 1,
    ),
  );
}
