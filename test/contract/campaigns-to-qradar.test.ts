import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Campaign } from '../../src/domain/findings.ts';
import { trackEveryone } from '../../src/identity/tracking.ts';
import {
  type WriteCampaignsPorts,
  type WriteCampaignsResult,
  writeCampaigns,
} from '../../src/pipeline/write-campaigns.ts';
import { createArrivals } from '../../src/qradar/campaign-arrivals.ts';
import type { QRadar } from '../../src/qradar/connect.ts';
import { areCampaignsTold, createCampaignsPart } from '../../src/service/campaigns-part.ts';
import type { DataStore } from '../../src/store/open-data-store.ts';
import { createSyslogSender, type SyslogSender } from '../../src/syslog/send.ts';
import { readEventUid } from '../../src/writeback/campaign-event.ts';
import { follow } from '../offense-notes.ts';
import { startTestConsole, type TestConsole } from '../simulator-client.ts';
import { openTestStore } from '../store-folder.ts';
import { connectWired, openWire, type Wire } from '../wired-client.ts';

const RULE = 'AI Sidecar Finding';
const ACCOUNT = 'CORP\\jdoe';
const MINUTE = 60_000;

const campaign = (more: Partial<Campaign> = {}): Campaign => ({
  id: 'c-0123456789abcdef',
  people: ['p-1', 'p-2'],
  start: '2026-01-05',
  end: '2026-01-14',
  opened: '2026-01-12',
  score: 71.23,
  chance: 0.00021,
  stages: [
    { stage: 'discovery', days: ['2026-01-05', '2026-01-08'], text: 'shares never used before: 31; peers 2' },
    { stage: 'collection', days: ['2026-01-12'], text: 'files read: 14x the own median\tof 22 days' },
  ],
  anomalies: ['a-1', 'a-2', 'a-3'],
  benign: undefined,
  missing: ['exfiltration'],
  isClosed: false,
  text: `2 stages over 10 days, "ünüsual"\nand more. ${'Figures tell what differs. '.repeat(300)}`,
  ...more,
});
const grown = campaign({
  end: '2026-01-19',
  stages: [...campaign().stages, { stage: 'exfiltration', days: ['2026-01-19'], text: 'mail to outside: 2.1 GB' }],
  anomalies: ['a-1', 'a-2', 'a-3', 'a-4'],
  missing: [],
});

let console: TestConsole;
let wire: Wire;
let qradar: QRadar;
let store: DataStore;
let current: Campaign[];
let sender: SyslogSender;

beforeEach(async () => {
  console = await startTestConsole();
  wire = openWire();
  const ledger = { read: async () => new Map(), intend: async () => {}, made: async () => {}, removed: async () => {} };
  const admin = await connectWired(console, wire, { token: { reveal: () => console.simulator.tokens.admin } });
  await (await admin.installer({ ledger, identifier: 'undercurrent', ruleName: RULE })).install();
  admin.close();
  // Everything after the installation is done with the rights of the service.
  qradar = await connectWired(console, wire);
  store = await openTestStore(join(console.folder, 'sidecar'));
  current = [campaign()];
  sender = createSyslogSender({
    host: '127.0.0.1',
    port: console.simulator.syslog.tls,
    protocol: 'tls',
    ca: readFileSync(console.simulator.caFile, 'utf8'),
  });
});
afterEach(async () => {
  qradar.close();
  await store.close();
  await console.close();
});

const portsOf = (more: Partial<WriteCampaignsPorts> = {}): WriteCampaignsPorts => ({
  campaigns: () => current,
  accountsOf: async () => [{ domain: '', account: ACCOUNT }],
  events: store.campaignEvents,
  offenses: store.offenses,
  syslog: sender,
  arrivals: createArrivals({
    ariel: qradar.ariel,
    consoleNow: async () => console.clock.now,
    now: () => console.clock.now,
    readUid: readEventUid,
  }),
  notes: qradar.notes,
  tracking: { isKnown: true, isTracked: () => true },
  now: () => console.clock.now,
  ...more,
});

const write = (more: Partial<WriteCampaignsPorts> = {}, phase: 'assist' | 'enrich' = 'enrich') =>
  writeCampaigns(portsOf(more), { phase, identifier: 'undercurrent', ruleName: RULE, maxBytes: 4096 });

/** Until QRadar has taken in what was sent. */
async function arrive(count: number): Promise<void> {
  const { intake } = console.simulator.world;
  for (let i = 0; i < 300 && intake.received < count; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  await intake.flush();
  expect(intake.received).toBe(count);
}

const pass = (ms: number) => {
  console.clock.now += ms;
};
const offenses = () => console.simulator.world.state.offenses.values();
const notes = () => console.simulator.world.state.notes.values().map(({ note_text }) => note_text);
const statesOf = async () =>
  (await store.campaignEvents.latest()).map(({ id, change, state, note }) => [id, change, state, note]);

/** One round of everything: events, their arrival, offenses read, notes. */
async function round(count: number): Promise<WriteCampaignsResult[]> {
  const first = await write();
  await arrive(count);
  pass(2 * MINUTE);
  await follow(qradar, store);
  return [first, await write()];
}

describe('a campaign', () => {
  it('becomes an event over TLS, an offense of type Username, and a timeline in notes', async () => {
    const [sent, settled] = await round(1);
    expect(sent).toMatchObject({ changes: 1, sent: 1, noted: 0, blocked: undefined });
    expect(settled).toMatchObject({ changes: 0, sent: 0, arrived: 1, noted: 1, blocked: undefined });
    expect(offenses()).toMatchObject([
      { offense_type: 3, offense_source: ACCOUNT, description: `${RULE}\n containing Undercurrent campaign opened\n` },
    ]);
    expect(await statesOf()).toEqual([['c-0123456789abcdef.1', 'opened', 'arrived', 'posted']]);
    const { rows } = await qradar.ariel.searchAll(
      `SELECT username, severity, UTF8(payload) AS payload, QIDNAME(qid) AS name, "Undercurrent Campaign" AS campaign,
       "Undercurrent Campaign Score" AS score, "Undercurrent Campaign Stages" AS stages, "Undercurrent Event" AS event,
       LOGSOURCETYPENAME(devicetype) AS type FROM events LAST 10 MINUTES`.replaceAll(/\s+/g, ' '),
    );
    expect(rows).toMatchObject([
      {
        username: ACCOUNT,
        severity: 7,
        name: 'Undercurrent campaign opened',
        campaign: 'c-0123456789abcdef',
        score: 71.2,
        stages: 'discovery,collection',
        event: 'c-0123456789abcdef.1',
        type: 'Undercurrent',
      },
    ]);
    expect(Buffer.byteLength(String(rows[0]!.payload))).toBeLessThanOrEqual(4096);
    expect(String(rows[0]!.payload)).toMatch(/\.\.\.$/);
    const [note] = notes();
    expect(note).toContain(
      '[undercurrent c-0123456789abcdef.1 1/1] Campaign opened about CORP\\jdoe: 2 stages on 3 days',
    );
    expect(note!.length).toBeLessThanOrEqual(2000);
    expect(note).not.toMatch(/p-1|p-2/);

    // The same again says nothing new.
    pass(MINUTE);
    expect(await write()).toMatchObject({ changes: 0, sent: 0, arrived: 0, noted: 0 });
    current = [campaign({ anomalies: ['a-1', 'a-2'] })];
    expect(await write()).toMatchObject({ changes: 0 });

    current = [grown];
    const [more] = await round(2);
    expect(more).toMatchObject({ changes: 1, sent: 1 });
    expect(offenses()).toHaveLength(1);
    expect(offenses()[0]!.event_count).toBe(2);
    expect(notes()).toHaveLength(2);
    expect(notes()[1]).toContain('New since the last note: exfiltration and 1 more day.');

    current = [{ ...grown, isClosed: true }];
    await round(3);
    // The end is told, and raises nothing.
    expect(offenses()[0]!.event_count).toBe(2);
    expect(notes()[2]).toContain('closed: no new signal for two weeks');
    expect(await statesOf()).toEqual([['c-0123456789abcdef.3', 'closed', 'arrived', 'posted']]);
    expect(await write()).toMatchObject({ changes: 0, sent: 0, noted: 0 });
  });

  it('that goes on in another one says so; one that had ended before it was told is left out', async () => {
    await round(1);
    current = [campaign({ id: 'c-2', people: ['p-3'] }), campaign({ id: 'c-3', isClosed: true })];
    const [first] = await round(3);
    expect(first).toMatchObject({ changes: 2, sent: 2 });
    expect((await store.campaignEvents.get('c-0123456789abcdef.2'))!.message).toContain('\tmergedInto=c-2\t');
    expect(notes().filter((text) => text.includes('goes on as part of campaign c-2'))).toHaveLength(1);
  });

  it('is only recorded in phase assist, and told as recorded afterwards', async () => {
    expect(await write({}, 'assist')).toMatchObject({ changes: 1, recorded: 1, sent: 0 });
    expect(console.simulator.world.intake.received).toBe(0);
    const { message } = (await store.campaignEvents.get('c-0123456789abcdef.1'))!;
    pass(60 * MINUTE);
    await round(1);
    expect((await store.campaignEvents.get('c-0123456789abcdef.1'))!.message).toBe(message);
    expect(notes()).toHaveLength(1);
  });

  it('is not told about people who are not tracked, or while that is not known', async () => {
    const accountsOf = async () => [
      { domain: '', account: ACCOUNT },
      { domain: '', account: 'adm-jdoe' },
    ];
    const tracking = { isKnown: true, isTracked: (_: string, account: string) => account !== 'adm-jdoe' };
    expect(await write({ accountsOf, tracking })).toMatchObject({ changes: 0 });
    expect(await write({ tracking: { isKnown: false, isTracked: () => true } })).toMatchObject({ changes: 0 });
    expect(await write({ accountsOf: async () => [] })).toMatchObject({ changes: 0 });
    expect(await statesOf()).toEqual([]);
    await write({ syslog: { send: async () => Promise.reject(new Error('away')) } }).catch(() => {});
    // Meanwhile it became known that the person must not be tracked: the prepared event is dropped.
    pass(60 * MINUTE);
    const result = await write({ tracking: { isKnown: true, isTracked: () => false } });
    expect(result.sent).toBe(0);
  });
});

describe('what is shipped', () => {
  it('holds events as they are sent: named, read into properties, one offense', async () => {
    const sample = readFileSync(new URL('../../deploy/qradar/sample.leef', import.meta.url), 'utf8');
    await sender.send(sample.trimEnd().split('\n'));
    await arrive(4);
    const { rows } = await qradar.ariel.searchAll(
      'SELECT QIDNAME(qid) AS name, "Undercurrent Campaign Stages" AS stages, hasoffense FROM events ORDER BY name LAST 10 MINUTES',
    );
    expect(rows.map(({ name, hasoffense }) => [name, hasoffense])).toEqual([
      ['Undercurrent campaign closed', false],
      ['Undercurrent campaign grew', true],
      ['Undercurrent campaign merged', false],
      ['Undercurrent campaign opened', true],
    ]);
    expect(rows.every(({ stages }) => String(stages).startsWith('discovery,collection'))).toBe(true);
    expect(offenses()).toMatchObject([{ offense_source: 'sample.user', event_count: 2 }]);
  });

  it('is joined into a part of the service, which waits for an analysis', async () => {
    const config = await loadConfig({ file: undefined, dataDirectory: console.folder, env: {} });
    const { tls } = console.simulator.syslog;
    const writeback = {
      ...config.writeback,
      ...{ syslogHost: '127.0.0.1', syslogPort: tls, syslogCaFile: console.simulator.caFile },
    };
    expect(areCampaignsTold(config)).toBe(false);
    let found: { campaigns: Campaign[]; coveredMs: number } | undefined;
    const part = createCampaignsPart({
      config: { ...config, writeback, rollout: { ...config.rollout, phase: 'enrich' } },
      store,
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      connect: async () => qradar,
      tracking: { current: trackEveryone() },
      latest: () => found,
      now: () => console.clock.now,
    });
    const signal = new AbortController().signal;
    await part.run(signal);
    expect(await statesOf()).toEqual([]);
    const person = { id: 'p-1', key: 'k', kind: 'human' as const, primaryAccount: ACCOUNT, attributes: [] };
    const link = { person: 'p-1', domain: '', account: ACCOUNT, confidence: 1, reason: 'same' };
    await store.people.savePeople([person], [link]);
    const { now } = console.clock;
    // History that is still being read is not told.
    found = { campaigns: [campaign()], coveredMs: now - 2 * 86_400_000 };
    await part.run(signal);
    expect(await statesOf()).toEqual([]);
    found = { campaigns: [campaign()], coveredMs: now };
    await part.run(signal);
    await arrive(1);
    expect(await statesOf()).toEqual([['c-0123456789abcdef.1', 'opened', 'sending', 'waiting']]);
    expect(offenses()).toMatchObject([{ offense_source: ACCOUNT }]);
  });
});

describe('a crash', () => {
  /** The process ends at the n-th time a row is stored: nothing after that happens. */
  const dyingAt = (n: number): Partial<WriteCampaignsPorts> => {
    let saves = 0;
    const save: WriteCampaignsPorts['events']['save'] = async (...args) => {
      saves += 1;
      if (saves >= n) throw new Error('killed');
      await store.campaignEvents.save(...args);
    };
    return { events: { ...store.campaignEvents, save } };
  };

  it('anywhere ends with one event in QRadar, one offense and one note for each state', async () => {
    let events = 0;
    for (let n = 1; n <= 6; n++) {
      current = [campaign({ id: `c-${n}` })];
      for (let i = 0; i < 3; i++) {
        await write(dyingAt(n)).catch((error: Error) => expect(error.message).toBe('killed'));
        await new Promise((resolve) => setTimeout(resolve, 30));
        await console.simulator.world.intake.flush();
        await follow(qradar, store);
        pass(5 * MINUTE);
      }
      for (let i = 0; i < 5; i++) {
        await write();
        await new Promise((resolve) => setTimeout(resolve, 30));
        await console.simulator.world.intake.flush();
        await follow(qradar, store);
        pass(5 * MINUTE);
      }
      events += 1;
      const row = (await store.campaignEvents.get(`c-${n}.1`))!;
      expect([n, row.state, row.note]).toEqual([n, 'arrived', 'posted']);
      expect(notes().filter((text) => text.includes(`[undercurrent c-${n}.1 `))).toHaveLength(1);
      current = [...current];
    }
    const counted = await qradar.ariel.searchAll(
      `SELECT "Undercurrent Event" AS event, COUNT(*) AS n FROM events WHERE "Undercurrent Campaign Change" = 'opened' GROUP BY "Undercurrent Event" LIMIT 100 LAST 1 DAYS`,
    );
    expect(counted.rows.map(({ event, n }) => [event, n]).sort()).toEqual(
      Array.from({ length: events }, (_, i) => [`c-${i + 1}.1`, 1]),
    );
    expect(offenses()).toHaveLength(1);
  }, 30_000);

  it('of the network on the way is cleared up by a look into QRadar; what is not there is sent again', async () => {
    // The event arrives, the connection breaks before that is known.
    const unsure: SyslogSender = {
      async send(messages) {
        await sender.send(messages);
        throw Object.assign(new Error('cut'), { outcome: 'unknown' });
      },
    };
    await write({ syslog: unsure }).catch(() => {});
    await arrive(1);
    pass(2 * MINUTE);
    expect(await write()).toMatchObject({ arrived: 1, sent: 0 });
    // The event never arrives, though every byte was handed over.
    current = [grown];
    expect(await write({ syslog: { send: async () => {} } })).toMatchObject({ sent: 1 });
    for (let i = 0; i < 3; i++) {
      pass(5 * MINUTE);
      await write();
    }
    await arrive(2);
    pass(2 * MINUTE);
    expect(await write()).toMatchObject({ arrived: 1 });
    // A token that may not search: what was handed over counts as sent.
    current = [{ ...grown, isClosed: true }];
    await write();
    await arrive(3);
    pass(2 * MINUTE);
    await write({ arrivals: { arrivedSince: async () => undefined } });
    expect((await statesOf())[0]![2]).toBe('sent');
  });

  it('of nothing but the collector blocks events, says so, and loses none', async () => {
    const away = createSyslogSender({ host: '127.0.0.1', port: 1, protocol: 'tls' });
    expect(await write({ syslog: away })).toMatchObject({ sent: 0, blocked: 'SYSLOG_SEND_FAILED' });
    const stranger = createSyslogSender({ host: '127.0.0.1', port: console.simulator.syslog.tls, protocol: 'tls' });
    pass(5 * MINUTE);
    expect(await write({ syslog: stranger })).toMatchObject({ sent: 0, blocked: 'SYSLOG_SEND_FAILED' });
    expect(console.simulator.world.intake.received).toBe(0);
    pass(5 * MINUTE);
    await round(1);
    expect(notes()).toHaveLength(1);
    expect((await store.campaignEvents.latest())[0]!.attempts).toBe(1);
  });
});
