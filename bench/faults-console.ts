import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { askConsole, type ConsoleReady } from './faults-programs.ts';

/** What the console itself says about the sidecar. */

export interface UbaOffense {
  id: number;
  /** Notes of ours. */
  notes: number;
}

/** Open offenses of UBA, with how many first notes of ours each has. */
export async function readUbaOffenses(console: ConsoleReady): Promise<UbaOffense[]> {
  const { json } = await askConsole(console, '/siem/offenses?fields=id,description,status&sort=%2Bid');
  const open = (json as { id: number; description: string; status: string }[]).filter(
    ({ description, status }) => description.startsWith('UBA') && status === 'OPEN',
  );
  const offenses: UbaOffense[] = [];
  for (const { id } of open) {
    const notes = (await askConsole(console, `/siem/offenses/${id}/notes`)).json as { note_text: string }[];
    offenses.push({ id, notes: notes.filter(({ note_text: text }) => text.startsWith('[undercurrent ')).length });
  }
  return offenses;
}

export async function readSearchIds(console: ConsoleReady): Promise<string[]> {
  return (await askConsole(console, '/ariel/searches')).json as string[];
}

/** Entries of the sidecar's own reference sets: claims of notes that are being written. */
export async function countClaims(console: ConsoleReady): Promise<number> {
  const { json } = await askConsole(console, '/reference_data_collections/sets');
  const sets = (json as { id: number; name: string }[]).filter(({ name }) => name.startsWith('Undercurrent'));
  let entries = 0;
  for (const { id } of sets) {
    const filter = encodeURIComponent(`collection_id = ${id}`);
    const found = (await askConsole(console, `/reference_data_collections/set_entries?filter=${filter}`)).json;
    entries += (found as unknown[]).length;
  }
  return entries;
}

/** Searches by id -> how long each ran, milliseconds, from the console's own journal, where deleted ones stand too. */
export function readSearchTimes(data: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const line of readFileSync(join(data, 'state.jsonl'), 'utf8').split('\n')) {
    if (!line.startsWith('{"c":"searches"')) continue;
    const { k: id, v: record } = JSON.parse(line) as { k: string; v?: { executionMs: number } };
    if (record) times.set(id, Math.max(times.get(id) ?? 0, record.executionMs));
  }
  return times;
}

/** Everything that the console keeps of these kinds, as JSON: equal when nothing was written. */
export function readKept(data: string, kinds: readonly string[]): string {
  const kept = new Map<string, unknown>();
  for (const line of readFileSync(join(data, 'state.jsonl'), 'utf8').split('\n')) {
    if (line === '') continue;
    const { c, k, v } = JSON.parse(line) as { c: string; k: string | number; v?: unknown };
    if (!kinds.includes(c)) continue;
    if (v === undefined) kept.delete(`${c} ${k}`);
    else kept.set(`${c} ${k}`, v);
  }
  return JSON.stringify([...kept].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Different payloads that the console has stored, without its own Sense events; it must not be running. A message that arrived twice is one. */
export async function countPayloads(data: string): Promise<number> {
  const instance = await DuckDBInstance.create(join(data, 'ariel.duckdb'), { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT count(DISTINCT payload) FROM events WHERE payload NOT LIKE '%|IBM|Sense|%'`,
    );
    return Number(reader.getRowsJS()[0]![0]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
