import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { verifyChain } from '../../src/governance/audit-chain.ts';
import { createRandom } from '../../src/numeric/random.ts';
import { type WriteNotesOptions, type WriteNotesPorts, writeNotes } from '../../src/pipeline/write-notes.ts';
import type { QRadar } from '../../src/qradar/connect.ts';
import { CLAIMS_SET } from '../../src/qradar/note-claims.ts';
import type { openDataStore } from '../../src/store/open-data-store.ts';
import { findingIdOf } from '../../src/writeback/finding-id.ts';
import { CONSOLE, factsAbout, firstNotes, follow, notePorts, raiseOffense } from '../offense-notes.ts';
import { NOON, startTestConsole, type TestConsole } from '../simulator-client.ts';
import { openTestStore, withFolder } from '../store-folder.ts';
import { connectWired, openWire, setFaults, type Wire } from '../wired-client.ts';

type Store = Awaited<ReturnType<typeof openDataStore>>;

const ENRICH: WriteNotesOptions = { phase: 'enrich', console: CONSOLE };
const ASSIST: WriteNotesOptions = { phase: 'assist', console: CONSOLE };
const MINUTE_MS = 60_000;

let console: TestConsole;
let wire: Wire;
let qradar: QRadar;
beforeEach(async () => {
  console = await startTestConsole();
  wire = openWire();
  qradar = await connectWired(console, wire);
});
afterEach(async () => {
  qradar.close();
  await console.close();
});

const withNotes = (work: (store: Store, folder: string) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    const store = await openTestStore(folder);
    try {
      await work(store, folder);
      expect(await verifyChain(store.audit.entries())).toMatchObject({ ok: true });
    } finally {
      await store.close();
    }
  });

async function auditKinds(store: Store): Promise<string[]> {
  const kinds: string[] = [];
  for await (const { kind } of store.audit.entries()) kinds.push(kind);
  return kinds.sort();
}

const expectOneNoteEach = (offenses: number): void => {
  const notes = firstNotes(console);
  expect([...notes.values()].map((texts) => texts.length)).toEqual(Array(offenses).fill(1));
};

describe('following offenses', () => {
  it('stores each state once, tells those of UBA, and goes on where it stopped', () =>
    withNotes(async (store) => {
      for (let i = 0; i < 45; i++) raiseOffense(console, `user${i}`);
      await follow(qradar, store);
      expect(await store.offenses.openUba()).toHaveLength(45);
      expect(await store.offenses.get(7)).toMatchObject({
        account: 'user6',
        isUba: true,
        rules: [{ name: 'UBA : Potential Lateral Movement' }],
      });
      console.simulator.world.state.offenses.update(7, { status: 'CLOSED', last_persisted_time: NOON + 1 });
      await follow(qradar, store);
      expect((await store.offenses.get(7))!.status).toBe('CLOSED');
      expect(await store.offenses.openUba()).toHaveLength(44);
    }));

  it('does without names of rules and domains when the token may not ask', () =>
    withNotes(async (store) => {
      raiseOffense(console, 'anna');
      wire.around = (request, send) =>
        request.target.includes('/analytics/') || request.target.includes('/domain_management/')
          ? Promise.resolve({ status: 403, headers: {}, body: Buffer.from('{"message":"no","code":26}') })
          : send();
      await follow(qradar, store);
      expect(await store.offenses.openUba()).toMatchObject([{ account: 'anna', domain: '' }]);
    }));
});

describe('notes', () => {
  it('are only recorded in assist, and put there when the phase changes', () =>
    withNotes(async (store) => {
      for (const name of ['anna', 'bert']) raiseOffense(console, name);
      await follow(qradar, store);
      const ports = notePorts(qradar, store);
      wire.sent.length = 0;
      expect(await writeNotes(ports, ASSIST)).toMatchObject({ recorded: 2, posted: 0 });
      expect(await writeNotes(ports, ASSIST)).toMatchObject({ recorded: 0 });
      expect(wire.sent).toEqual([]);
      const recorded = (await store.writebacks.get(findingIdOf(CONSOLE, 1)))!;
      expect(recorded).toMatchObject({ state: 'recorded', phase: 'assist' });
      expect(await writeNotes(ports, ENRICH)).toMatchObject({ posted: 2 });
      expect(await writeNotes(ports, ENRICH)).toMatchObject({ posted: 0, found: 0 });
      expectOneNoteEach(2);
      expect(firstNotes(console).get(1)![0]).toBe(`[undercurrent ${recorded.finding} 1/1] ${recorded.text}`);
      expect(await store.writebacks.counts()).toMatchObject({ posted: 2 });
      expect(await auditKinds(store)).toEqual(['note.posted', 'note.posted', 'note.recorded', 'note.recorded']);
      for await (const { body } of store.audit.entries()) expect(body).not.toMatch(/anna|bert/);
      // Claims are given back.
      expect(await qradar.sets.read(CLAIMS_SET)).toEqual([]);
    }));

  it('wait for an analysis, but not for ever', () =>
    withNotes(async (store) => {
      raiseOffense(console, 'anna');
      await follow(qradar, store);
      let nowMs = NOON;
      const asked: boolean[] = [];
      const ports = notePorts(qradar, store, {
        now: () => nowMs,
        async factsFor(offense, mustAnswer) {
          asked.push(mustAnswer);
          return mustAnswer ? factsAbout(offense, { standing: { kind: 'no-analysis' } }) : undefined;
        },
      });
      const options = { ...ENRICH, maxWaitMs: 10 * MINUTE_MS };
      expect(await writeNotes(ports, options)).toMatchObject({ waiting: 1 });
      nowMs += 9 * MINUTE_MS;
      expect(await writeNotes(ports, options)).toMatchObject({ waiting: 1 });
      nowMs += MINUTE_MS;
      expect(await writeNotes(ports, options)).toMatchObject({ posted: 1 });
      expect(asked).toEqual([false, false, true]);
      expect(firstNotes(console).get(1)![0]).toContain('History is missing');
    }));

  it('leave out who is not tracked, and wait while that is not known', () =>
    withNotes(async (store) => {
      for (const name of ['anna', 'bert']) raiseOffense(console, name);
      await follow(qradar, store);
      const unknown = notePorts(qradar, store, { tracking: { isKnown: false, isTracked: () => false } });
      expect(await writeNotes(unknown, ENRICH)).toMatchObject({ waiting: 2, posted: 0 });
      await writeNotes(notePorts(qradar, store), ASSIST);
      const tracking = { isKnown: true, isTracked: (_: string, account: string) => account !== 'anna' };
      const ports = notePorts(qradar, store, { tracking });
      expect(await writeNotes(ports, ENRICH)).toMatchObject({ notTracked: 1, posted: 1 });
      expect([...firstNotes(console).keys()]).toEqual([2]);
      expect(await store.writebacks.get(findingIdOf(CONSOLE, 1))).toMatchObject({
        state: 'failed',
        reason: 'not-tracked',
        text: undefined,
      });
    }));

  it('are dropped with an offense that is closed or gone, and block no other', () =>
    withNotes(async (store) => {
      for (let i = 0; i < 4; i++) raiseOffense(console, `user${i}`);
      await follow(qradar, store);
      const waiting = notePorts(qradar, store, { factsFor: async () => undefined });
      await writeNotes(waiting, ENRICH);
      console.simulator.world.state.offenses.remove(1);
      console.simulator.world.state.offenses.update(2, { status: 'CLOSED', last_persisted_time: NOON + 1 });
      await follow(qradar, store);
      expect(await writeNotes(notePorts(qradar, store), ENRICH)).toMatchObject({ givenUp: 2, posted: 2 });
      const reasons = [];
      for (const id of [1, 2]) reasons.push((await store.writebacks.get(findingIdOf(CONSOLE, id)))!.reason);
      expect(reasons).toEqual(['QRADAR_NOT_FOUND', 'offense-not-open']);
      expect(await writeNotes(notePorts(qradar, store), ENRICH)).toMatchObject({ givenUp: 0, posted: 0 });
    }));

  it('are tried again with growing pauses when one of them fails', () =>
    withNotes(async (store) => {
      for (const name of ['anna', 'bert']) raiseOffense(console, name);
      await follow(qradar, store);
      let nowMs = NOON;
      let fails = true;
      const real = notePorts(qradar, store);
      const ports: WriteNotesPorts = {
        ...real,
        now: () => nowMs,
        notes: {
          ...real.notes,
          post: (id, ...rest) =>
            id === 1 && fails ? Promise.reject(new AppError('QRADAR_FAILED', 'x')) : real.notes.post(id, ...rest),
        },
      };
      expect(await writeNotes(ports, ENRICH)).toMatchObject({ posted: 1, postponed: 1, blocked: undefined });
      expect(await writeNotes(ports, ENRICH)).toMatchObject({ postponed: 1 });
      expect(await store.writebacks.get(findingIdOf(CONSOLE, 1))).toMatchObject({
        attempts: 1,
        notBeforeMs: NOON + 30_000,
        lastError: 'QRADAR_FAILED',
      });
      nowMs += 30_000;
      await writeNotes(ports, ENRICH);
      expect((await store.writebacks.get(findingIdOf(CONSOLE, 1)))!.notBeforeMs).toBe(nowMs + 60_000);
      fails = false;
      nowMs += 60_000;
      expect(await writeNotes(ports, ENRICH)).toMatchObject({ posted: 1 });
      expectOneNoteEach(2);
    }));

  it('stop at a console that takes none, and say why', () =>
    withNotes(async (store) => {
      for (let i = 0; i < 3; i++) raiseOffense(console, `user${i}`);
      await follow(qradar, store);
      const readonly = await connectWired(console, openWire(), {
        token: { reveal: () => console.simulator.tokens.readonly },
      });
      const result = await writeNotes(notePorts(readonly, store), ENRICH);
      expect(result).toMatchObject({ blocked: 'QRADAR_FORBIDDEN', posted: 0 });
      readonly.close();
      // The right is granted; the one that failed has its pause.
      expect(await writeNotes(notePorts(qradar, store), ENRICH)).toMatchObject({ posted: 2, postponed: 1 });
      setFaults(console, { expiredTokens: ['sidecar'] });
      const later = notePorts(qradar, store, { now: () => NOON + 20 * MINUTE_MS });
      expect(await writeNotes(later, ENRICH)).toMatchObject({ blocked: 'QRADAR_UNAUTHORIZED' });
      setFaults(console);
      const last = notePorts(qradar, store, { now: () => NOON + 60 * MINUTE_MS });
      expect(await writeNotes(last, ENRICH)).toMatchObject({ posted: 1 });
      expectOneNoteEach(3);
    }));

  it('stand there once when replies are lost', () =>
    withNotes(async (store) => {
      for (let i = 0; i < 12; i++) raiseOffense(console, `user${i}`);
      await follow(qradar, store);
      setFaults(console, { cutAfterRate: 0.4, error503Rate: 0.2, error429Rate: 0.1, retryAfterSeconds: 1 });
      for (let round = 0; round < 60; round++) {
        const ports = notePorts(qradar, store, { now: () => NOON + round * 90 * MINUTE_MS });
        const { postponed, blocked } = await writeNotes(ports, ENRICH);
        if (postponed === 0 && blocked === undefined) break;
      }
      setFaults(console);
      expect(await store.writebacks.counts()).toMatchObject({ posted: 12, planned: 0 });
      expectOneNoteEach(12);
    }));

  it('stand there once when it dies before or after any step', () =>
    withNotes(async (store) => {
      const died = new Error('died');
      let steps = 0;
      for (let step = 0; ; step++) {
        const offense = raiseOffense(console, `user${step}`);
        await follow(qradar, store);
        let left = step >> 1;
        const isAfter = step % 2 === 1;
        let isDead = false;
        const ports = notePorts(qradar, store);
        /** The nth call of anything fails, before or after it did its work, and nothing happens any more after that. */
        const mortal = <T extends object>(target: T): T =>
          new Proxy(target, {
            get: (it, key) => {
              const method = it[key as keyof T];
              if (typeof method !== 'function') return method;
              return async (...given: unknown[]) => {
                if (isDead) throw died;
                isDead = left-- === 0;
                if (isDead && !isAfter) throw died;
                const value: unknown = await method.apply(it, given);
                if (isDead) throw died;
                return value;
              };
            },
          });
        const dying: WriteNotesPorts = {
          ...ports,
          factsFor: mortal({ ask: ports.factsFor }).ask,
          writebacks: mortal(ports.writebacks),
          notes: createDyingNotes(store, mortal),
        };
        await writeNotes(dying, ENRICH).catch((error) => expect(error).toBe(died));
        if (!isDead) break;
        steps += 1;
        for (const round of [1, 2])
          await writeNotes(notePorts(qradar, store, { now: () => NOON + round * 90 * MINUTE_MS }), ENRICH);
        expect(firstNotes(console).get(offense.id)).toHaveLength(1);
        console.simulator.world.state.offenses.update(offense.id, { status: 'CLOSED', last_persisted_time: NOON + 1 });
        expect(await store.writebacks.get(findingIdOf(CONSOLE, offense.id))).toMatchObject({ state: 'posted' });
      }
      expect(steps).toBeGreaterThan(16);
      expect(await qradar.sets.read(CLAIMS_SET)).toEqual([]);
      expect((await auditKinds(store)).filter((kind) => kind === 'note.posted')).toHaveLength(steps + 1);
    }));

  it('stand there once with two instances at the same moment', () =>
    withNotes((store) =>
      withNotes(async (other) => {
        const second = await connectWired(console, openWire());
        for (let i = 0; i < 12; i++) raiseOffense(console, `user${i}`);
        await follow(qradar, store);
        await follow(second, other);
        setFaults(console, { latencyMs: [0, 15] });
        const both = (nowMs: number) =>
          Promise.all([
            writeNotes(notePorts(qradar, store, { now: () => nowMs }), ENRICH),
            writeNotes(notePorts(second, other, { now: () => nowMs }), ENRICH),
          ]);
        const first = await both(NOON);
        expect(first[0].posted + first[1].posted).toBe(12);
        await both(NOON + 2 * MINUTE_MS);
        expectOneNoteEach(12);
        expect(await store.writebacks.counts()).toMatchObject({ posted: 12 });
        expect(await other.writebacks.counts()).toMatchObject({ posted: 12 });
        second.close();
      }),
    ));

  it('leave a note to the instance that claimed it, but not for ever', () =>
    withNotes(async (store) => {
      raiseOffense(console, 'anna');
      await follow(qradar, store);
      await qradar.sets.ensure({ name: CLAIMS_SET, elementType: 'ALN' });
      await qradar.sets.put(CLAIMS_SET, [{ value: findingIdOf(CONSOLE, 1), notes: 'another instance' }]);
      const at = (minutes: number) => notePorts(qradar, store, { now: () => NOON + minutes * MINUTE_MS });
      expect(await writeNotes(at(0), ENRICH)).toMatchObject({ postponed: 1, posted: 0 });
      console.clock.now += 14 * MINUTE_MS;
      expect(await writeNotes(at(14), ENRICH)).toMatchObject({ postponed: 1, posted: 0 });
      console.clock.now += 2 * MINUTE_MS;
      expect(await writeNotes(at(16), ENRICH)).toMatchObject({ posted: 1 });
      expectOneNoteEach(1);
    }));

  it('are posted without claims where the token may not make any', () =>
    withNotes(async (store) => {
      raiseOffense(console, 'anna');
      await follow(qradar, store);
      wire.around = (request, send) =>
        request.method === 'POST' && request.target.includes('/reference_data_collections/')
          ? Promise.resolve({ status: 403, headers: {}, body: Buffer.from('{"message":"no","code":26}') })
          : send();
      expect(await writeNotes(notePorts(qradar, store), ENRICH)).toMatchObject({ posted: 1 });
      expect(await writeNotes(notePorts(qradar, store), ENRICH)).toMatchObject({ posted: 0 });
      expectOneNoteEach(1);
    }));

  it('show hostile names harmlessly', () =>
    withNotes(async (store) => {
      const names = [
        "o'brien\u202Egpj.exe",
        '<b>x</b>\u0000\n[undercurrent f-0 1/1]',
        '\uD800\u{E0041}',
        'ж'.repeat(400),
      ];
      for (const name of names) raiseOffense(console, name, `UBA : ${name}\u2066`);
      await follow(qradar, store);
      const ports = notePorts(qradar, store, {
        factsFor: async (offense) =>
          factsAbout(offense, {
            sense: offense.rules.map(({ name }) => ({ event: name, count: 2, value: 5 })),
            evidence: { day: '2026-01-20', aql: `SELECT * FROM events WHERE username = '${offense.account}'` },
          }),
      });
      expect(await writeNotes(ports, ENRICH)).toMatchObject({ posted: names.length });
      expectOneNoteEach(names.length);
      for (const [text] of firstNotes(console).values()) {
        expect(text!.length).toBeLessThanOrEqual(2000);
        expect(text!.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]|[\ud800-\udfff](?![\udc00-\udfff])/u);
      }
    }));
});

function createDyingNotes(store: Store, mortal: <T extends object>(target: T) => T): WriteNotesPorts['notes'] {
  const { list, post } = qradar.notes;
  const notes = mortal({ list, post });
  const claims = mortal({ take: qradar.claims.take, release: qradar.claims.release });
  return notePorts({ ...qradar, notes, claims }, store).notes;
}

it('processes killed at random moments leave one note an offense', () =>
  withFolder(async (folder) => {
    const [runs, perRun] = [8, 6];
    const offenses = runs * perRun;
    setFaults(console, { latencyMs: [0, 4] });
    const random = createRandom(7);
    let kills = 0;
    for (let run = 0; run < runs; run++) {
      for (let i = 0; i < perRun; i++) raiseOffense(console, `user${run}-${i}`);
      const isDone = await runChild(`${folder}/${run % 2}`, Math.round(random.next() * 220));
      if (!isDone) kills += 1;
    }
    for (const directory of ['0', '1']) expect(await runChild(`${folder}/${directory}`, undefined)).toBe(true);
    expect(kills).toBeGreaterThan(3);
    expectOneNoteEach(offenses);
    for (const directory of ['0', '1']) {
      const store = await openTestStore(`${folder}/${directory}`);
      expect(await store.writebacks.counts()).toMatchObject({ posted: offenses, planned: 0 });
      expect((await auditKinds(store)).filter((kind) => kind === 'note.posted')).toHaveLength(offenses);
      expect(await verifyChain(store.audit.entries())).toMatchObject({ ok: true });
      await store.close();
    }
  }));

/** Whether it ended by itself. @param killAfterMs after it began; `undefined`: never */
function runChild(directory: string, killAfterMs: number | undefined): Promise<boolean> {
  const script = fileURLToPath(new URL('../notes-child.ts', import.meta.url));
  const { url, caFile, tokens } = console.simulator;
  const child = spawn(process.execPath, [script, url, caFile, tokens.sidecar, directory], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdout.once('data', () => {
    if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(said));
    });
  });
}
