import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Searches } from './ariel/searches.ts';
import { ArielStore } from './ariel/store.ts';
import { loadIdentity } from './certificates/load.ts';
import { ENDPOINTS, UBA_ENDPOINTS } from './endpoints/index.ts';
import { createRouter } from './http/router.ts';
import { listen } from './http/server.ts';
import { Intake } from './intake/intake.ts';
import { listenSyslog } from './intake/syslog-server.ts';
import { createClock } from './play/clock.ts';
import { type FaultSettings, Faults } from './play/faults.ts';
import { baseOfClock, type Play, type PlayOptions, playCompany, readPlay } from './play/play-company.ts';
import { RuleEngine } from './rules/rule-engine.ts';
import { Journal } from './state/journal.ts';
import { Services } from './state/services.ts';
import { ADMIN_ROLE, installShipped, SIDECAR_ROLE, UBA_APP_ID } from './state/shipped.ts';
import { State } from './state/state.ts';
import { Uba } from './uba/uba.ts';
import type { World } from './world.ts';

export interface SimulatorOptions {
  /** Folder that holds everything the simulator keeps. */
  data: string;
  host: string;
  /** 0: any free port. */
  httpsPort: number;
  /** UDP and TCP; TLS is one above. 0: any free port for each. */
  syslogPort: number;
  apiVersion: string;
  /** Real time, UTC epoch milliseconds. */
  now: () => number;
  report: (error: unknown) => void;
  /** How much faster than real time the console's clock runs (1). */
  speed?: number;
  /** The company to play; after a restart the one that was played before. */
  play?: PlayOptions;
  /** File with faults, looked at again while running; or the faults themselves. */
  faults?: string | FaultSettings;
  onProgress?: (day: string, events: number) => void;
}

export interface Simulator {
  url: string;
  caFile: string;
  tokens: { admin: string; sidecar: string; readonly: string };
  syslog: { udp: number; tcp: number; tls: number };
  world: World;
  /** Where the truth about the company is, and its directory, when one is played. */
  truth: string | undefined;
  directory: string | undefined;
  close(): Promise<void>;
}

const TOKEN_LABELS = ['admin', 'sidecar', 'readonly'] as const;

/** Starts a console: state from `data`, or a fresh one there. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  mkdirSync(options.data, { recursive: true, mode: 0o700 });
  const hosts = [...new Set(['localhost', '127.0.0.1', '::1', options.host])].filter((one) => one !== '0.0.0.0');
  const identity = loadIdentity(join(options.data, 'tls'), hosts, Date.now());
  const { world, uba, tokens } = await openWorld(options);
  const play = await startPlaying(world, options);
  const mounts = [
    { root: '/api', router: createRouter(ENDPOINTS) },
    { root: `/console/plugins/${UBA_APP_ID}/app_proxy`, router: createRouter(UBA_ENDPOINTS) },
  ];
  const { host } = options;
  const { intake, now } = world;
  const server = await listen(world, mounts, identity, host, options.httpsPort);
  const copies = (): number => world.faults.copies();
  const syslog = await listenSyslog({ intake, host, port: options.syslogPort, identity, now, copies });
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host;
  return {
    url: `https://${shown}:${server.port}`,
    caFile: identity.caFile,
    tokens,
    syslog: { udp: syslog.udp, tcp: syslog.tcp, tls: syslog.tls },
    world,
    truth: play?.truthFile,
    directory: play?.directory,
    async close() {
      await play?.stop();
      await Promise.all([server.close(), syslog.close()]);
      await world.searches.close();
      await world.intake.flush();
      uba.save();
      await world.ariel.close();
      world.state.journal.close();
    },
  };
}

async function startPlaying(world: World, options: SimulatorOptions): Promise<Play | undefined> {
  const plan = options.play ?? readPlay(world);
  if (!plan) return undefined;
  const unskewed = (): number => world.now() - world.faults.settings.clockSkewMs;
  const play = await playCompany(world, options.data, plan, unskewed, options.onProgress ?? (() => {}));
  play.player.start(unskewed);
  return play;
}

async function openWorld(options: SimulatorOptions): Promise<{ world: World; uba: Uba; tokens: Simulator['tokens'] }> {
  const { report, apiVersion } = options;
  // First: its lock keeps a second console away from the journal.
  const ariel = await ArielStore.open(join(options.data, 'ariel.duckdb'));
  const journal = new Journal(join(options.data, 'state.jsonl'));
  const state = new State(journal);
  const given = options.faults;
  const faults = typeof given === 'string' ? new Faults(given, report) : new Faults(undefined, report, given);
  const kept = readPlay({ state });
  const baseMs = baseOfClock(options.play ?? kept, kept);
  const clock = createClock(options.now, { ...(baseMs === undefined ? {} : { baseMs }), speed: options.speed ?? 1 });
  const now = (): number => clock.now() + faults.settings.clockSkewMs;
  if (journal.isEmpty) installShipped(state, now());
  const services = new Services(state, now);
  const tokens = provideTokens(state, services);
  journal.flush();
  const uba = new Uba(state);
  const rules = new RuleEngine(state);
  const intake = new Intake({ state, store: ariel, rules, follow: (event) => uba.observe(event), report });
  const searches = new Searches({
    store: ariel,
    records: state.searches,
    now,
    delayMs: () => faults.settings.slowArielMs,
    settle: () => intake.flush(),
    flush: () => journal.flush(),
  });
  const world = { apiVersion, now, report, state, services, ariel, searches, intake, faults, endpoints: ENDPOINTS };
  return { world, uba, tokens };
}

/** One service a right, made at the first start. */
function provideTokens(state: State, services: Services): Simulator['tokens'] {
  const [admin, sidecar, readonly] = TOKEN_LABELS.map((label) => {
    const known = state.services.find((one) => one.label === label);
    if (known) return known.token;
    return services.create({
      label,
      created_by: 'admin',
      user_role_id: label === 'admin' ? ADMIN_ROLE : SIDECAR_ROLE,
      security_profile_id: 1,
      tenant_id: 0,
      expiration_date: null,
      read_only: label === 'readonly',
    }).token;
  });
  return { admin: admin!, sidecar: sidecar!, readonly: readonly! };
}
