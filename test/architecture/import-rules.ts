import type { Import } from './read-imports.ts';

/** The folders of `src` from the core outwards. A later line may import an earlier one, as `RULES` says in detail. */
export const STAGES = [
  'ingest',
  'identity',
  'features',
  'peers',
  'detect',
  'sessions',
  'campaigns',
  'backtest',
  'attrition',
  'narrative',
  'memory',
  'feedback',
  'rollout',
  'writeback',
  'governance',
];
export const ADAPTERS = ['store', 'qradar', 'syslog', 'llm', 'integrations'];

/** Rooms whose code a room may load. Everything may import itself, and types follow the same rule unless `TYPES` says more. */
const RULES: Record<string, readonly string[]> = {
  domain: [],
  numeric: [],
  config: ['domain'],
  ...Object.fromEntries(STAGES.map((stage) => [stage, ['domain', 'numeric']])),
  ...Object.fromEntries(ADAPTERS.map((adapter) => [adapter, ['domain', 'numeric']])),
  pipeline: ['domain', 'numeric', ...STAGES],
  api: ['domain', 'numeric', 'config', 'pipeline', ...STAGES],
  cli: ['domain', 'numeric', 'config', 'pipeline', ...STAGES],
  // Only these files join adapters to the rest.
  'adapters.ts': ['domain', 'numeric', 'config', 'pipeline', 'cli', 'api', ...STAGES, ...ADAPTERS],
  service: ['domain', 'numeric', 'config', 'pipeline', 'cli', 'api', 'adapters.ts', ...STAGES, ...ADAPTERS],
  'main.ts': ['domain', 'numeric', 'config', 'pipeline', 'cli', 'api', 'adapters.ts', 'service', ...STAGES],
};

/** Rooms of which a room may know the types only: an adapter implements a stage's ports; a command is handed an open store. */
const TYPES: Record<string, readonly string[]> = {
  ...Object.fromEntries(ADAPTERS.map((adapter) => [adapter, STAGES])),
  pipeline: ['config'],
  cli: ['store', 'qradar', 'syslog', 'api'],
};

/** The only rooms that may load a package. Packages not listed here may not be imported at all. */
export const PACKAGES: Record<string, readonly string[]> = {
  '@duckdb/node-api': ['store'],
  'better-sqlite3-multiple-ciphers': ['store'],
  kysely: ['store'],
  commander: ['cli'],
  pino: ['cli'],
  zod: ['config', 'identity', 'qradar'],
  yaml: ['config'],
  fastify: ['api'],
  'prom-client': ['api'],
  'csv-parse': ['ingest', 'identity', 'cli'],
};

/** `src/store/x.ts` -> `store`, `src/main.ts` -> `main.ts`; `undefined` outside `src`. */
export function roomOf(path: string): string | undefined {
  const [top, room] = path.split('/');
  return top === 'src' ? room : undefined;
}

/** Why an import is not allowed; `undefined` when it is. */
export function findFault(one: Import): string | undefined {
  const from = roomOf(one.from);
  if (from === undefined) return findOutsideFault(one);
  if (one.isPackage) {
    if (one.to.startsWith('node:')) return undefined;
    const rooms = PACKAGES[one.to];
    if (!rooms) return `${one.to} is not a known package`;
    return rooms.includes(from) ? undefined : `${one.to} may only be imported by ${rooms.join(', ')}`;
  }
  const to = roomOf(one.to);
  if (to === undefined) return 'src imports nothing outside src';
  if (to === from) return undefined;
  const allowed = RULES[from];
  if (!allowed) return `src/${from} is not a known room`;
  if (allowed.includes(to)) return undefined;
  const typesOnly = TYPES[from]?.includes(to) ?? false;
  if (typesOnly) return one.isTypeOnly ? undefined : `src/${from} may import only types of src/${to}`;
  return `src/${from} may not import src/${to}`;
}

/** The simulator is a program of its own that shares words and maths; benchmarks may look at everything. */
function findOutsideFault(one: Import): string | undefined {
  if (!one.from.startsWith('simulator/')) return undefined;
  const to = one.isPackage ? undefined : roomOf(one.to);
  if (to !== undefined && to !== 'domain' && to !== 'numeric') return `the simulator may not import src/${to}`;
  return one.to.startsWith('bench/') || one.to.startsWith('test/') ? 'the simulator stands alone' : undefined;
}
