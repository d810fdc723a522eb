/** One import with small batches, to be killed: `crash-child LOGS DATA BATCH_ROWS`. Says when it begins and when it is done. */
import * as ingest from '../src/ingest/index.ts';
import { importPaths } from '../src/pipeline/import.ts';
import { openDataStore } from '../src/store/open-data-store.ts';

const [logs = '', directory = '', batchRows = '2000'] = process.argv.slice(2);
process.stdout.write('begin\n');
const store = await openDataStore({ directory, create: true, encryption: 'tokens', waitMs: 10_000 });
const activities = {
  openWriter: (importId: number) => store.activities.openWriter(importId, { batchRows: Number(batchRows) }),
};
const result = await importPaths([logs], 'auto', {
  store: { ...store, activities },
  ingest,
  options: ingest.DEFAULT_INGEST_OPTIONS,
  now: () => 0,
  elapsedMs: () => performance.now(),
});
await store.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
