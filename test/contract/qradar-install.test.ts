import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInstallLedger, openQRadar } from '../../src/adapters.ts';
import { registerQRadar } from '../../src/cli/qradar.ts';
import type { Ask, CreateLedger } from '../../src/cli/qradar-install.ts';
import { createTestContext } from '../cli-context.ts';
import { errorOf } from '../qradar-console.ts';
import { NOON, startTestConsole, type TestConsole } from '../simulator-client.ts';
import { openTestStore } from '../store-folder.ts';

let console: TestConsole;
beforeEach(async () => {
  console = await startTestConsole();
});
afterEach(() => console.close());

interface Run {
  error: unknown;
  printed: string;
  complained: string;
}
interface With {
  who?: 'admin' | 'sidecar' | 'readonly';
  ask?: Ask;
  ledger?: CreateLedger;
  data?: string;
}

async function qradar(args: string[], more: With = {}): Promise<Run> {
  const { simulator, folder } = console;
  const file = join(folder, 'u.yaml');
  writeFileSync(file, `qradar:\n  url: ${simulator.url}\n  caFile: ${simulator.caFile}\n`);
  const context = createTestContext({
    env: { UNDERCURRENT_QRADAR_TOKEN: simulator.tokens[more.who ?? 'admin'] },
    now: () => NOON,
    openStore: () => openTestStore(join(folder, more.data ?? 'sidecar')),
  });
  const program = new Command().exitOverride();
  registerQRadar(openQRadar, more.ledger ?? createInstallLedger, more.ask ?? (async () => undefined))(program, context);
  const error = await errorOf(program.parseAsync(['qradar', ...args, '--config', file], { from: 'user' }));
  return { error, printed: context.printed(), complained: context.complained() };
}

const lines = ({ printed }: Run) =>
  printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const actions = (run: Run) => [
  ...new Set(
    lines(run)
      .filter(({ type }) => type === 'step')
      .map(({ action }) => action),
  ),
];

/** Everything on the console that could be ours or somebody's. */
function contentOf() {
  const { logSourceTypes, logSources, qids, mappings, properties, expressions, sets } = console.simulator.world.state;
  const tables = { logSourceTypes, logSources, qids, mappings, properties, expressions, sets };
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, structuredClone(table.values())]));
}

describe('qradar install', () => {
  it('plans first, makes once, finds everything there the second time, and takes away what it made', async () => {
    const untouched = contentOf();
    const dry = await qradar(['install', '--dry-run', '--json']);
    expect(dry.error).toBeUndefined();
    expect(actions(dry)).toEqual(['make']);
    expect(lines(dry).at(-1)).toMatchObject({
      type: 'install',
      planned: 29,
      changed: 0,
      dryRun: true,
      rule: 'enabled',
    });
    expect(contentOf()).toEqual(untouched);

    const unasked = await qradar(['install']);
    expect(unasked.error).toMatchObject({ code: 'USAGE' });
    expect((await qradar(['install'], { ask: async () => false })).error).toMatchObject({ code: 'STOPPED' });
    expect(contentOf()).toEqual(untouched);

    const first = await qradar(['install'], { ask: async () => true });
    expect(first.error).toBeUndefined();
    expect(first.printed).toContain('29 changes made.\nThe rule "AI Sidecar Finding" is there and enabled.');
    expect(first.printed).toContain('set writeback.syslogHost');
    const installed = contentOf();
    const [source] = installed.logSources as unknown as Record<string, unknown>[];
    expect(source).toMatchObject({ name: 'Undercurrent @ undercurrent', coalesce_events: false, type_id: 4000 });

    const second = await qradar(['install', '--yes', '--json']);
    expect(actions(second)).toEqual(['keep']);
    expect(lines(second).at(-1)).toMatchObject({ planned: 0, changed: 0 });
    expect(contentOf()).toEqual(installed);

    const gone = await qradar(['uninstall', '--yes']);
    expect(gone.error).toBeUndefined();
    expect(gone.printed).toContain('no call can remove');
    const left = contentOf();
    // Types, events and mappings cannot be removed through QRadar's API.
    expect({ ...left, logSourceTypes: [], qids: [], mappings: [] }).toEqual({
      ...untouched,
      logSourceTypes: [],
      qids: [],
      mappings: [],
    });
    const again = await qradar(['uninstall', '--yes', '--json']);
    expect(actions(again)).toEqual(['leave']);
    expect(lines(again).at(-1)).toMatchObject({ planned: 0, changed: 0 });
    expect(contentOf()).toEqual(left);

    const back = await qradar(['install', '--yes', '--json']);
    expect(actions(back)).toEqual(['keep', 'make']);
    expect(actions(await qradar(['install', '--json', '--dry-run']))).toEqual(['keep']);
  });

  it('says which rights are missing and changes nothing', async () => {
    const before = contentOf();
    for (const who of ['sidecar', 'readonly'] as const) {
      const { error } = await qradar(['install', '--yes'], { who });
      expect(error).toMatchObject({ code: 'QRADAR_RIGHTS_MISSING' });
      expect(String((error as Error).message)).toContain('POST /data_classification/qid_records');
    }
    expect((await qradar(['uninstall', '--yes'], { who: 'sidecar' })).error).toMatchObject({
      code: 'QRADAR_RIGHTS_MISSING',
    });
    expect(contentOf()).toEqual(before);
  });

  it('goes on after a run that was cut off anywhere, and takes all of it away again', async () => {
    const untouched = contentOf();
    for (const cut of [1, 2, 13, 39]) {
      let writes = 0;
      // The ledger is written before and after each making: both sides of it are cut.
      const ledger: CreateLedger = (store, name, now) =>
        createInstallLedger(
          {
            read: store.read,
            async write(...args) {
              writes += 1;
              if (writes === cut) throw new Error('killed');
              await store.write(...args);
            },
          },
          name,
          now,
        );
      expect((await qradar(['install', '--yes'], { ledger })).error).toMatchObject({ message: 'killed' });
      expect((await qradar(['uninstall', '--yes'])).error).toBeUndefined();
      const { logSources, properties, expressions, sets } = contentOf();
      const { logSources: a, properties: b, expressions: c, sets: d } = untouched;
      expect({ logSources, properties, expressions, sets }).toEqual({
        logSources: a,
        properties: b,
        expressions: c,
        sets: d,
      });
    }
    expect((await qradar(['install', '--yes'])).error).toBeUndefined();
    const { qids, mappings, logSourceTypes } = contentOf();
    expect((qids as unknown as { name: string }[]).filter(({ name }) => name.startsWith('Undercurrent'))).toHaveLength(
      4,
    );
    expect(mappings).toHaveLength((untouched.mappings as unknown[]).length + 4);
    expect(logSourceTypes).toHaveLength((untouched.logSourceTypes as unknown[]).length + 1);
  });

  it('mends what was changed, and leaves what others made with the same names', async () => {
    const { state } = console.simulator.world;
    await console.ask('POST', '/config/event_sources/custom_properties/regex_properties', {
      body: { name: 'Undercurrent Event', property_type: 'string', description: 'by hand' },
    });
    expect((await qradar(['install', '--yes'])).error).toBeUndefined();
    const source = state.logSources.find(({ name }) => name.startsWith('Undercurrent'))!;
    state.logSources.update(source.id, { coalesce_events: true, enabled: false });
    const mended = await qradar(['install', '--yes', '--json']);
    expect(actions(mended)).toEqual(['keep', 'change']);
    expect(state.logSources.get(source.id)).toMatchObject({ coalesce_events: false, enabled: true });
    // Another data directory removes what says that it was made by the installer, and nothing else.
    const other = await qradar(['uninstall', '--yes', '--json'], { data: 'other' });
    expect(lines(other)).toContainEqual(
      expect.objectContaining({ name: 'Undercurrent Event', action: 'leave', reason: 'not made by this installation' }),
    );
    expect(state.properties.find(({ name }) => name === 'Undercurrent Event')).toBeDefined();
    expect(state.logSources.get(source.id)).toBeUndefined();
  });

  it('refuses a log source of that name and another type, and tells of a rule that is missing or off', async () => {
    const { state } = console.simulator.world;
    const rule = state.rules.find(({ name }) => name === 'AI Sidecar Finding')!;
    state.rules.update(rule.id, { enabled: false });
    expect((await qradar(['install', '--dry-run'])).printed).toContain('is there but disabled');
    state.rules.update(rule.id, { name: 'other' });
    expect((await qradar(['install', '--dry-run'])).printed).toContain('Left to do by hand: the rule');
    await console.ask('POST', '/config/event_sources/log_source_management/log_sources', {
      body: {
        name: 'Undercurrent @ undercurrent',
        type_id: 12,
        protocol_parameters: [{ name: 'identifier', id: 0, value: 'x' }],
      },
    });
    expect((await qradar(['install', '--yes'])).error).toMatchObject({ code: 'QRADAR_CONFLICT' });
  });
});
