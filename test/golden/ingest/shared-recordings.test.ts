import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ActivityClass } from '../../../src/domain/activity.ts';
import { type Chunk, planImport, readChunks } from '../../../src/ingest/index.ts';
import { hasShared, sharedPath } from '../../shared-data.ts';
import { TEST_OPTIONS } from './records.ts';

/** Class by event id, written down apart from the rules: OCSF's mapping of Security and Sysmon events. */
const EXPECTED: Readonly<Partial<Record<ActivityClass, Readonly<Record<'security' | 'sysmon', readonly number[]>>>>> = {
  authentication: { security: [4624, 4625, 4634, 4647, 4648, 4768, 4769, 4770, 4771, 4776, 4778, 4779, 4800, 4801, 4611], sysmon: [] },
  authorize_session: { security: [4672, 4673, 4674, 4703, 4627, 4964], sysmon: [] },
  process: { security: [4688, 4689], sysmon: [1, 5, 8, 10, 25] },
  account_change: { security: [4720, 4722, 4723, 4724, 4725, 4726, 4738, 4740, 4741, 4742, 4743, 4767, 4781, 4794], sysmon: [] },
  group_management: { security: [4728, 4729, 4732, 4733, 4756, 4757, 4799], sysmon: [] },
  network: { security: [5156, 5157, 5158, 5447, 4957], sysmon: [3] },
  file_system: { security: [5140, 5142, 5143, 5145], sysmon: [2, 9, 11, 15, 17, 18, 23, 26] },
  registry: { security: [4657], sysmon: [12, 13, 14] },
  scheduled_job: { security: [4698, 4699, 4700, 4701, 4702], sysmon: [19, 20, 21] },
  service: { security: [4697], sysmon: [] },
  datastore: { security: [4661, 4662, 5136, 5137, 5379, 5381, 5382], sysmon: [] },
  module: { security: [], sysmon: [7] },
  dns: { security: [], sysmon: [22] },
  event_log: { security: [1102, 4719], sysmon: [] },
  peripheral: { security: [6416], sysmon: [24] },
}; // biome-ignore format: a table
const OBJECT_TYPE: Readonly<Record<string, ActivityClass>> = {
  File: 'file_system',
  Key: 'registry',
  Registry: 'registry',
  'File System': 'file_system',
  Process: 'memory',
  SAM: 'datastore',
  'Kernel Object': 'kernel',
};

function expectedClass(raw: Record<string, unknown>): ActivityClass | undefined {
  const id = Number(raw.EventID);
  const channel = String(raw.Channel).toLowerCase();
  const family = channel === 'security' ? 'security' : channel.includes('sysmon') ? 'sysmon' : undefined;
  if (family === undefined) return undefined;
  if (family === 'sysmon' && id === 10 && /lsass\.exe$/i.test(String(raw.TargetImage))) return 'memory';
  if (family === 'security' && [4656, 4658, 4663, 4670].includes(id)) {
    return OBJECT_TYPE[String(raw.ObjectType ?? raw.Category)] ?? OBJECT_TYPE[String(raw.Category)] ?? 'kernel';
  }
  for (const [name, ids] of Object.entries(EXPECTED)) if (ids[family].includes(id)) return name as ActivityClass;
  return 'base_event';
}

type ReadFile = { path: string; records: Chunk['records'] };
const cache = new Map<string, Promise<ReadFile[]>>();
function readAll(folder: string): Promise<ReadFile[]> {
  const reading = cache.get(folder) ?? readFolder(folder);
  cache.set(folder, reading);
  return reading;
}

async function readFolder(folder: string): Promise<ReadFile[]> {
  const files: ReadFile[] = [];
  for (const file of await planImport([sharedPath(folder)], 'auto')) {
    if (file.role === 'skipped') continue;
    const records: Chunk['records'] = [];
    for await (const chunk of readChunks(file, TEST_OPTIONS)) records.push(...chunk.records);
    files.push({ path: file.path, records });
  }
  return files;
}

const FOLDERS = ['otrf-windows', 'evtx-attack', 'leef-cef', 'loghub', 'sigma-regression'];

describe.each(FOLDERS)('recordings %s', (folder) => {
  it.skipIf(!hasShared(folder))('leave no line unaccounted for', async () => {
    for (const { path, records } of await readAll(folder)) {
      const bytes = readFileSync(path);
      const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      expect([path, records.length]).toEqual([path, lines.length]);
      expect(records.every((record, i) => record.raw === lines[i]!.replace(/\r$/, ''))).toBe(true);
      expect(records.every(({ outcome }) => outcome.kind === 'activity' || outcome.reason === 'bad-time')).toBe(true);
    }
  });
});

describe.skipIf(!hasShared('otrf-windows'))('Windows recordings', () => {
  it('at least 90 % of Security and Sysmon events have the right class, and an actor where the record names one', async () => {
    let [events, right, named, actors] = [0, 0, 0, 0];
    for (const { records } of await readAll('otrf-windows')) {
      for (const { raw, outcome } of records) {
        const record = JSON.parse(raw) as Record<string, unknown>;
        const expected = expectedClass(record);
        if (expected === undefined || outcome.kind !== 'activity') continue;
        events++;
        if (outcome.activity.class === expected && expected !== 'base_event') right++;
        const subject = String(record.SubjectUserName ?? record.User ?? '-');
        if (subject !== '-') {
          named++;
          if (outcome.activity.account !== '') actors++;
        }
      }
    }
    console.info(
      `Windows recordings: ${events} Security and Sysmon events, ${((100 * right) / events).toFixed(2)} % of the expected class`,
    );
    expect(events).toBeGreaterThan(45_000);
    expect(right / events).toBeGreaterThan(0.9);
    expect(actors / named).toBeGreaterThan(0.99);
  });
});
