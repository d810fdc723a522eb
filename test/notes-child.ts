/** Follows offenses and writes notes until nothing is left, to be killed: `notes-child URL CA_FILE TOKEN DATA`. */
import { readFileSync } from 'node:fs';
import { writeNotes } from '../src/pipeline/write-notes.ts';
import { connectQRadar } from '../src/qradar/connect.ts';
import { CONSOLE, follow, notePorts } from './offense-notes.ts';
import { openTestStore } from './store-folder.ts';

const [url = '', caFile = '', token = '', directory = ''] = process.argv.slice(2);
const store = await openTestStore(directory, { waitMs: 10_000 });
const qradar = await connectQRadar({
  url,
  ca: readFileSync(caFile, 'utf8'),
  token: { reveal: () => token },
  version: 'auto',
  requestTimeoutMs: 10_000,
  searchTimeoutMs: 10_000,
  budgetShare: 1,
  parallelSearches: 1,
  pageSize: 20,
  ubaAppId: 0,
  timing: { now: Date.now, sleep: async () => {}, random: () => 0.5 },
});
process.stdout.write('begin\n');
await follow(qradar, store);
let nowMs = Date.now();
const ports = notePorts(qradar, store, { now: () => nowMs });
for (;;) {
  const { waiting, postponed } = await writeNotes(ports, { phase: 'enrich', console: CONSOLE });
  if (waiting + postponed === 0) break;
  nowMs += 20 * 60_000;
}
process.stdout.write('done\n');
await store.close();
qradar.close();
