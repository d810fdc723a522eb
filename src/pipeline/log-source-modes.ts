import type { Config } from '../config/load-config.ts';

export type LogSourceMode = Config['ariel']['mode'];

/** Read by other parts or made by this product, never as raw events. */
const NEVER = ['IBM Sense', 'Undercurrent*'];
/** The console's own housekeeping, and what its users (this product among them) ask of it. A setting may say otherwise. */
const UNLESS_NAMED = [
  'Custom Rule Engine',
  'SIM Audit',
  'SIM Generic*',
  'Health Metrics',
  'System Notification',
  'Asset Profiler',
  'Anomaly Detection Engine',
  'Search Results',
];

/** How events of a log source type are read: the first entry of the settings that fits holds, else `ariel.mode`. */
export function createModeOf(
  ariel: Readonly<{ mode: LogSourceMode; logSources: Config['ariel']['logSources'] }>,
): (logSourceType: string) => LogSourceMode {
  const rules = [
    ...NEVER.map((type) => ({ type, mode: 'off' as const })),
    ...ariel.logSources,
    ...UNLESS_NAMED.map((type) => ({ type, mode: 'off' as const })),
  ].map(({ type, mode }) => ({ matches: compileName(type), mode }));
  return (logSourceType) => {
    const name = logSourceType.toLowerCase();
    return rules.find(({ matches }) => matches(name))?.mode ?? ariel.mode;
  };
}

/** The whole name, lower case, with `*` for any text. */
function compileName(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const last = rest.pop();
  if (last === undefined) return (name) => name === first;
  return (name) => {
    if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
}
