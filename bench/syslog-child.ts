/** A listener that stores what it receives, to be killed: `syslog-child DIRECTORY`. Prints its TCP port. */
import { join } from 'node:path';
import { trackEveryone } from '../src/identity/tracking.ts';
import * as ingest from '../src/ingest/index.ts';
import { createLiveWriter } from '../src/pipeline/live-writer.ts';
import { storeSyslog } from '../src/pipeline/store-syslog.ts';
import { openDataStore } from '../src/store/open-data-store.ts';
import { openSyslogListener } from '../src/syslog/open-listener.ts';

const [directory = ''] = process.argv.slice(2);
const store = await openDataStore({ directory, create: true, encryption: 'tokens', waitMs: 10_000 });
const listener = await openSyslogListener(
  {
    host: '127.0.0.1',
    tcpPort: 0,
    directory: join(directory, 'spool'),
    ...(store.spoolKey ? { key: store.spoolKey } : {}),
    spoolBytes: 1 << 22,
    maxRecordBytes: 1 << 16,
    maxConnections: 10,
  },
  Date.now,
);
const stop = new AbortController();
// Told to end: when everything that came in is stored.
process.once('SIGTERM', () => {
  setInterval(() => listener.stats().unstoredBytes === 0 && stop.abort(), 50).unref();
});
process.stdout.write(`${listener.ports.tcp}\n`);
await storeSyslog(
  {
    source: listener,
    writer: createLiveWriter(store, 'syslog'),
    parse: ingest.parseSyslogLine,
    options: ingest.DEFAULT_INGEST_OPTIONS,
    tracking: trackEveryone,
    now: Date.now,
  },
  stop.signal,
  { gatherMs: 100, waitMs: 100 },
);
await listener.close();
await store.close();
