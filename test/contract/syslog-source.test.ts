import { createSocket } from 'node:dgram';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { issueClient, issueIdentities } from '../../simulator/qradar/certificates/issue.ts';
import { AppError } from '../../src/domain/errors.ts';
import { trackEveryone } from '../../src/identity/tracking.ts';
import { DEFAULT_INGEST_OPTIONS, parseSyslogLine } from '../../src/ingest/index.ts';
import { createLiveWriter, type LiveWriter, noBatch } from '../../src/pipeline/live-writer.ts';
import { type StoreSyslogPorts, storeSyslogStep } from '../../src/pipeline/store-syslog.ts';
import type { DataStore } from '../../src/store/open-data-store.ts';
import { openSyslogListener } from '../../src/syslog/open-listener.ts';
import { type OpenReceiver, openReceiver } from '../../src/syslog/receiver.ts';
import { nodeSpoolFiles, type SpoolFiles } from '../../src/syslog/spool-files.ts';
import type { SyslogListener, SyslogOptions, SyslogRecord } from '../../src/syslog/types.ts';
import { withFolder, withStore } from '../store-folder.ts';

const NOW = Date.now();
const { authority, server } = issueIdentities(['127.0.0.1'], NOW);
const never = new AbortController().signal;

const listen = (
  directory: string,
  more: Partial<SyslogOptions> = {},
  receiver?: OpenReceiver,
): Promise<SyslogListener> =>
  openSyslogListener(
    {
      host: '127.0.0.1',
      tcpPort: 0,
      directory,
      spoolBytes: 1 << 26,
      maxRecordBytes: 1 << 20,
      maxConnections: 20,
      ...more,
    },
    Date.now,
    receiver,
  );

async function withListener<T>(
  more: Partial<SyslogOptions>,
  work: (listener: SyslogListener, folder: string) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    const listener = await listen(join(folder, 'spool'), more);
    try {
      return await work(listener, folder);
    } finally {
      await listener.close();
    }
  });
}

const opened = (socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> =>
  new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    socket.once('error', reject);
  });
const tcp = (port: number | undefined) => opened(createConnection(port!, '127.0.0.1'), 'connect');
const tls = (port: number | undefined, more = {}) =>
  opened(connectTls({ port: port!, host: '127.0.0.1', ca: authority.certificate, ...more }), 'secureConnect');
async function send(socket: Socket, bytes: string | Buffer): Promise<void> {
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.end(bytes);
  await closed;
}
async function sendDatagrams(port: number | undefined, texts: readonly (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const text of texts)
    await new Promise<void>((resolve, reject) =>
      socket.send(text, port!, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
    );
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

/** So many messages, unacknowledged; fails when they do not come. */
async function take(listener: SyslogListener, count: number): Promise<SyslogRecord[]> {
  const records: SyslogRecord[] = [];
  while (records.length < count) {
    const batch = await listener.read(count, never, 3000);
    if (batch.records.length === 0) break;
    records.push(...batch.records);
  }
  expect(records).toHaveLength(count);
  return records;
}

/** Until the condition holds of the figures. */
async function until(listener: SyslogListener, holds: (stats: ReturnType<SyslogListener['stats']>) => boolean) {
  for (let i = 0; i < 300 && !holds(listener.stats()); i++) await sleep(10);
  const stats = listener.stats();
  expect(holds(stats), JSON.stringify(stats)).toBe(true);
  return stats;
}

const leef = (n: number, more = '') =>
  `<134>1 2026-01-05T10:00:00.000Z gw Windows - - - LEEF:2.0|Microsoft|Windows Security|10.0|4624|x09|devTime=${1_767_600_000_000 + n}\tcat=authentication\tusrName=CORP\\u${n % 7}\tidentHostName=PC-1${more}`;

const textsOf = (records: readonly SyslogRecord[]) => records.map(({ text }) => text);

describe('the syslog listener', () => {
  it('takes messages over UDP, TCP and TLS, in all framings', () =>
    withListener(
      { udpPort: 0, tlsPort: 0, tls: { certificate: server.certificate, key: server.key } },
      async (listener) => {
        const counted = leef(2, '\tmsg=two\nlines');
        await send(await tcp(listener.ports.tcp), `${leef(1)}\r\n${Buffer.byteLength(counted)} ${counted}${leef(3)}`);
        await send(await tls(listener.ports.tls), `${leef(4, '\tmsg=Grüße')}\n`);
        await sendDatagrams(listener.ports.udp, [`${leef(5)}\n`, '\n', Buffer.from([0xff, 0x41])]);
        const records = await take(listener, 6);
        expect(textsOf(records)).toEqual([leef(1), counted, leef(3), leef(4, '\tmsg=Grüße'), leef(5), '\ufffdA']);
        expect(records.map(({ origin }) => origin.split(' ')[1])).toEqual(['tcp', 'tcp', 'tcp', 'tls', 'udp', 'udp']);
        expect(records.map(({ isBadUtf8 }) => isBadUtf8)).toEqual([false, false, false, false, false, true]);
        const stats = await until(listener, ({ received, accepted }) => received.udp === 2 && accepted === 6);
        expect(stats).toMatchObject({
          received: { tcp: 3, tls: 1 },
          accepted: 6,
          kernelDrops: process.platform === 'linux' ? 0 : undefined,
        });
        expect(stats.unstoredBytes).toBeGreaterThan(0);
        listener.acknowledge((await listener.read(1, never, 0)).position);
        await until(listener, ({ spoolBytes }) => spoolBytes === 0);
        expect(listener.stats()).toMatchObject({ unstoredBytes: 0, oldestUnstoredMs: 0 });
      },
    ));

  it('keeps the start of a message that is too long, and counts one that was cut off', () =>
    withListener({ udpPort: 0, maxRecordBytes: 10_000 }, async (listener) => {
      const long = `<13>${'x'.repeat(20_000)}`;
      await send(await tcp(listener.ports.tcp), `${long}\n<13>short\n100 <13>begun`);
      await sendDatagrams(listener.ports.udp, [long]);
      const records = await take(listener, 3);
      expect(records.map(({ text, isTooLong }) => [text.length, isTooLong])).toEqual([
        [4096, true],
        [9, false],
        [4096, true],
      ]);
      await until(listener, ({ dropped, cut }) => dropped.incomplete === 1 && cut === 2);
    }));

  it('asks for client certificates where an authority for them is set', () =>
    withListener(
      { tlsPort: 0, tls: { certificate: server.certificate, key: server.key, clientAuthority: authority.certificate } },
      async (listener) => {
        const client = issueClient(authority, 'firewall-1', NOW);
        await send(await tls(listener.ports.tls, { cert: client.certificate, key: client.key }), `${leef(1)}\n`);
        const strange = issueClient(issueIdentities(['x'], NOW).authority, 'firewall-1', NOW);
        for (const more of [{}, { cert: strange.certificate, key: strange.key }]) {
          const socket = connectTls({
            port: listener.ports.tls!,
            host: '127.0.0.1',
            ca: authority.certificate,
            ...more,
          });
          socket.on('error', () => {});
          socket.on('secureConnect', () => socket.write(`${leef(2)}\n`));
          await new Promise((resolve) => socket.on('close', resolve));
        }
        await until(listener, ({ failedHandshakes, connections }) => failedHandshakes === 2 && connections === 0);
        expect(textsOf(await take(listener, 1))).toEqual([leef(1)]);
        expect((await listener.read(1, never, 50)).records).toEqual([]);
      },
    ));

  it('limits connections, and ends those that never finish a message or say nothing', () =>
    withListener({ maxConnections: 2, messageMs: 300, idleMs: 2500 }, async (listener) => {
      const [half, idle] = [await tcp(listener.ports.tcp), await tcp(listener.ports.tcp)];
      half.write('<13>half a li');
      const third = createConnection(listener.ports.tcp!, '127.0.0.1');
      third.on('error', () => {});
      await new Promise((resolve) => third.on('close', resolve));
      const stats = await until(listener, ({ timedOutConnections }) => timedOutConnections === 1);
      expect(stats).toMatchObject({ refusedConnections: 1 });
      expect(textsOf(await take(listener, 1))).toEqual(['<13>half a li']);
      await until(listener, ({ connections }) => connections === 1);
      await new Promise((resolve) => idle.on('close', resolve));
      half.destroy();
      await until(listener, ({ timedOutConnections, connections }) => timedOutConnections === 2 && connections === 0);
    }));

  it('says why it cannot listen', () =>
    withListener({}, async (listener, folder) => {
      const { tcp: tcpPort } = listener.ports;
      await expect(listen(join(folder, 'other'), { tcpPort: tcpPort! })).rejects.toMatchObject({
        code: 'SYSLOG_LISTEN_FAILED',
      });
      const { certificate, key } = server;
      for (const tls of [
        { certificate, key: authority.key },
        { certificate, key, clientAuthority: '' },
        { certificate: 'rubbish', key },
      ])
        await expect(listen(join(folder, 'other'), { tlsPort: 0, tls })).rejects.toMatchObject({
          code: 'SYSLOG_LISTEN_FAILED',
        });
      await expect(listen('/dev/null/x')).rejects.toMatchObject({ code: 'SYSLOG_SPOOL_FAILED' });
    }));

  it('makes senders wait while the spool is full, drops and counts datagrams, and goes on when there is room', () =>
    withListener({ udpPort: 0, spoolBytes: 1 << 20, maxRecordBytes: 2000 }, async (listener) => {
      const socket = await tcp(listener.ports.tcp);
      const count = 40_000;
      const lines = Array.from({ length: count }, (_, n) => leef(n));
      let isSent = false;
      socket.end(`${lines.join('\n')}\n`, () => {
        isSent = true;
      });
      await until(listener, ({ paused }) => paused === 'spool-full');
      await sendDatagrams(listener.ports.udp, Array(2000).fill(leef(1, `\tmsg=${'x'.repeat(1000)}`)));
      const stats = await until(listener, ({ dropped }) => dropped['spool-full'] > 0);
      expect(isSent).toBe(false);
      expect(stats.spoolBytes).toBeLessThanOrEqual(1 << 20);
      let [fromTcp, fromUdp] = [0, 0];
      while (fromTcp < count) {
        const batch = await listener.read(1000, never, 5000);
        if (batch.records.length === 0) break;
        for (const { text, origin } of batch.records) {
          if (origin.startsWith('syslog udp')) fromUdp += 1;
          else if (text !== lines[fromTcp++]) throw new Error(`line ${fromTcp} is another`);
        }
        listener.acknowledge(batch.position);
      }
      expect(fromTcp).toBe(count);
      await until(listener, ({ paused, unstoredBytes }) => paused === undefined && unstoredBytes === 0);
      const { dropped, received, kernelDrops, pauses } = listener.stats();
      expect(fromUdp + dropped['spool-full'] + dropped.busy + (kernelDrops ?? 0)).toBe(2000);
      expect(received.udp + (kernelDrops ?? 0)).toBe(2000);
      expect(pauses).toBeGreaterThan(0);
    }));

  it('makes senders wait while the disk refuses, says so, and goes on by itself', () =>
    withFolder(async (folder) => {
      const directory = join(folder, 'spool');
      let fault: string | undefined = 'ENOSPC';
      const disk = nodeSpoolFiles(directory);
      const files: SpoolFiles = {
        ...disk,
        async create(name) {
          if (fault) throw Object.assign(new Error('disk'), { code: fault });
          return disk.create(name);
        },
      };
      const listener = await listen(directory, { udpPort: 0 }, (options, events) =>
        openReceiver(options, events, { now: Date.now, files, retryMs: 20 }),
      );
      const socket = await tcp(listener.ports.tcp);
      let isSent = false;
      const count = 60_000;
      socket.end(`${Array.from({ length: count }, (_, n) => leef(n)).join('\n')}\n`, () => {
        isSent = true;
      });
      const stats = await until(listener, ({ paused, diskFailures }) => paused === 'disk-failed' && diskFailures > 3);
      expect(stats).toMatchObject({ diskProblem: 'ENOSPC', accepted: 0, spoolBytes: 0 });
      expect(isSent).toBe(false);
      await sendDatagrams(listener.ports.udp, Array(2000).fill(leef(1, `\tmsg=${'x'.repeat(5000)}`)));
      await until(listener, ({ dropped }) => dropped['disk-failed'] > 0);
      fault = undefined;
      let fromTcp = 0;
      while (fromTcp < count) {
        const { records, position } = await listener.read(5000, never, 5000);
        if (records.length === 0) break;
        fromTcp += records.filter(({ origin }) => origin.startsWith('syslog tcp')).length;
        listener.acknowledge(position);
      }
      expect(fromTcp).toBe(count);
      await until(listener, ({ paused, diskProblem }) => paused === undefined && diskProblem === undefined);
      await listener.close();
    }));

  it('tells its reader when the receiver is gone', () =>
    withFolder(async (folder) => {
      let fail = (_error: Error): void => {};
      const listener = await listen(join(folder, 'spool'), {}, (options, events) => {
        fail = events.onFailed;
        return openReceiver(options, events, { now: Date.now });
      });
      const reading = listener.read(1, never);
      fail(new AppError('WORKER_FAILED', 'gone'));
      await expect(reading).rejects.toMatchObject({ code: 'WORKER_FAILED' });
      await listener.close();
    }));

  it('keeps what was not acknowledged for the next listener, unreadable for others', () =>
    withFolder(async (folder) => {
      const directory = join(folder, 'spool');
      const key = new Uint8Array(32).fill(7);
      const first = await listen(directory, { key });
      await send(await tcp(first.ports.tcp), `${[1, 2, 3].map((n) => leef(n)).join('\n')}\n`);
      await take(first, 3);
      await first.close();
      const { readdir, readFile } = await import('node:fs/promises');
      for (const name of await readdir(directory))
        expect(await readFile(join(directory, name), 'latin1')).not.toContain('CORP');
      const second = await listen(directory, { key });
      expect(second.stats().oldestUnstoredMs).toBeGreaterThan(0);
      expect(textsOf(await take(second, 3))).toEqual([1, 2, 3].map((n) => leef(n)));
      await second.close();
    }));
});

const portsOf = (store: DataStore, source: SyslogListener, more: Partial<StoreSyslogPorts> = {}): StoreSyslogPorts => ({
  source,
  writer: createLiveWriter(store, 'syslog'),
  parse: parseSyslogLine,
  options: DEFAULT_INGEST_OPTIONS,
  tracking: trackEveryone,
  now: Date.now,
  ...more,
});
const NO_WRITER: LiveWriter = {
  open: async () => {},
  add() {},
  isFull: false,
  commit: async () => noBatch(),
  finish: async () => {},
};
const step = (ports: StoreSyslogPorts, signal = never) =>
  storeSyslogStep(ports, signal, { gatherMs: 300, waitMs: 2000 });

describe('storing syslog', () => {
  it('stores each message once, also when the sender sends everything again', () =>
    withListener({}, (listener, folder) =>
      withStore(join(folder, 'data'), async (store) => {
        const ports = portsOf(store, listener);
        const lines = Array.from({ length: 500 }, (_, n) => leef(n)).concat(
          'LEEF:broken',
          '<13>Jan  5 10:00:00 host sshd[1]: x',
          'rubbish',
        );
        for (const expected of [
          { activities: 501, duplicates: 0, deadLetters: 2 },
          { activities: 0, duplicates: 501, deadLetters: 2 },
        ]) {
          await send(await tcp(listener.ports.tcp), `${lines.join('\n')}\n`);
          expect(await step(ports)).toMatchObject({ records: 503, untracked: 0, ...expected });
        }
        expect(await store.activities.count()).toBe(501);
        await until(listener, ({ unstoredBytes, spoolBytes }) => unstoredBytes === 0 && spoolBytes === 0);
        expect(await store.records.selectFrom('dead_letter').select('raw').orderBy('raw').execute()).toEqual([
          { raw: 'LEEF:broken' },
          { raw: 'rubbish' },
        ]);
      }),
    ));

  it('gives a message the arrival as time when it has none, the same when it is read again', () =>
    withListener({}, (listener, folder) =>
      withStore(join(folder, 'data'), async (store) => {
        await send(
          await tcp(listener.ports.tcp),
          '<13>host sshd[1]: Accepted password for root from 192.0.2.1 port 22 ssh2\n',
        );
        const failing = { ...NO_WRITER, commit: () => Promise.reject(new Error('disk')) };
        await expect(step(portsOf(store, listener, { writer: failing }))).rejects.toThrow('disk');
        const [again] = await take(listener, 1);
        listener.rewind();
        expect(await step(portsOf(store, listener))).toMatchObject({ activities: 1 });
        const { time_ms } = await store.duck.columns('SELECT time_ms FROM activity');
        expect(Number(time_ms![0])).toBe(again!.receivedMs);
      }),
    ));

  it('keeps nothing of people who are not tracked, and waits while that is not known', () =>
    withListener({}, (listener, folder) =>
      withStore(join(folder, 'data'), async (store) => {
        await send(await tcp(listener.ports.tcp), `${[0, 1, 2].map((n) => leef(n)).join('\n')}\nrubbish of u1\n`);
        const unknown = { isKnown: false, isTracked: () => false, isNamedIn: () => false };
        expect(
          await storeSyslogStep(portsOf(store, listener, { tracking: () => unknown }), never, { waitMs: 20 }),
        ).toMatchObject({ records: 0 });
        const tracking = {
          isKnown: true,
          isTracked: (_: string, account: string) => account !== 'CORP\\u1',
          isNamedIn: (text: string) => text.includes('u1'),
        };
        expect(await step(portsOf(store, listener, { tracking: () => tracking }))).toMatchObject({
          records: 4,
          activities: 2,
          deadLetters: 0,
          untracked: 2,
        });
        expect(await store.records.selectFrom('dead_letter').selectAll().execute()).toEqual([]);
      }),
    ));

  it('stores what was gathered when it is told to stop', () =>
    withListener({}, (listener, folder) =>
      withStore(join(folder, 'data'), async (store) => {
        await send(await tcp(listener.ports.tcp), `${leef(1)}\n`);
        await until(listener, ({ accepted }) => accepted === 1);
        const stop = new AbortController();
        setTimeout(() => stop.abort(), 100);
        const stored = await storeSyslogStep(portsOf(store, listener), stop.signal, { gatherMs: 60_000 });
        expect(stored).toMatchObject({ activities: 1 });
      }),
    ));
});
