import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../../src/domain/errors.ts';
import { parseDay } from '../../src/domain/time.ts';
import { SCENARIOS } from './scenarios/plan.ts';
import type { EnterpriseOptions } from './types.ts';
import { OUTPUT_FORMATS, type OutputFormat, type WriteOptions } from './write-enterprise.ts';

export const HELP = `Writes the logs of a made-up company, the same for the same options.

Usage: enterprise --out DIR [options]

  --people N          people, 5-20000 (200)
  --days N            days, 1-1000 (60)
  --seed N            seed of every random choice (1)
  --start DAY         first day, YYYY-MM-DD (2026-01-05)
  --format FORMAT     ${OUTPUT_FORMATS.join(', ')} (jsonl)
  --cert-release R    layout of --format cert: 4.2, 5.2 or 6.2 (6.2)
  --out DIR           folder for the logs and the monthly directory exports
  --truth FILE        ground truth as JSON lines; must lie outside --out
  --aliases FILE      accounts of each person, as the product's aliases file
  --no-scenarios      only ordinary people and their benign oddities
  --scenarios A,B     only these: ${Object.keys(SCENARIOS).join(', ')}
  --zones A,B         IANA zones of the sites (all UTC)
  --gzip              compress the logs
  --help              this text
`;

function wholeNumber(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < low || value > high)
    throw new AppError('USAGE', `--${name} must be a whole number from ${low} to ${high}, not "${text}"`);
  return value;
}

function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((a) => a === text);
  if (found === undefined) throw new AppError('USAGE', `--${name} must be one of ${allowed.join(', ')}, not "${text}"`);
  return found;
}

function list(text: string, check: (item: string) => boolean, complaint: (item: string) => string): string[] {
  const items = text
    .split(',')
    .map((s) => s.trim())
    .filter(Boolean);
  for (const item of items) if (!check(item)) throw new AppError('USAGE', complaint(item));
  return items;
}

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: name }));
  } catch {
    return false;
  }
}

/** Command line to options; `help` when asked for. Throws `USAGE` with one clear line. */
export function parseArguments(
  argv: readonly string[],
): 'help' | { enterprise: EnterpriseOptions; write: WriteOptions } {
  const values = readValues(argv);
  if (values.help) return 'help';
  if (!values.out) throw new AppError('USAGE', '--out DIR is missing (see --help)');
  const startDay = values.start ?? '2026-01-05';
  if (parseDay(startDay) === undefined)
    throw new AppError('USAGE', `--start must be a calendar day, YYYY-MM-DD, not "${startDay}"`);
  if (values['no-scenarios'] && values.scenarios !== undefined)
    throw new AppError('USAGE', '--no-scenarios and --scenarios exclude each other');
  const names = Object.keys(SCENARIOS);
  const scenarios = values['no-scenarios']
    ? false
    : values.scenarios === undefined
      ? true
      : list(
          values.scenarios,
          (s) => names.includes(s),
          (s) => `--scenarios knows no "${s}", only ${names.join(', ')}`,
        );
  for (const name of ['truth', 'aliases'] as const) {
    const path = values[name];
    if (path === undefined || name === 'aliases') continue;
    const inside = relative(resolve(values.out), resolve(path));
    if (!inside.startsWith('..'))
      throw new AppError('USAGE', `--${name} must lie outside --out, which is what gets imported`);
  }
  return {
    enterprise: {
      people: wholeNumber('people', values.people ?? '200', 5, 20_000),
      days: wholeNumber('days', values.days ?? '60', 1, 1000),
      seed: wholeNumber('seed', values.seed ?? '1', 0, 4_294_967_295),
      startDay,
      scenarios,
      zones: list(values.zones ?? '', isZone, (z) => `--zones knows no zone "${z}"`),
    },
    write: {
      format: oneOf<OutputFormat>('format', values.format ?? 'jsonl', OUTPUT_FORMATS),
      certRelease: oneOf('cert-release', values['cert-release'] ?? '6.2', ['4.2', '5.2', '6.2'] as const),
      out: values.out,
      gzip: values.gzip ?? false,
      ...(values.truth === undefined ? {} : { truth: values.truth }),
      ...(values.aliases === undefined ? {} : { aliases: values.aliases }),
    },
  };
}

function readValues(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        people: text, days: text, seed: text, start: text, format: text, 'cert-release': text, out: text, truth: text,
        aliases: text, scenarios: text, zones: text, 'no-scenarios': flag, gzip: flag, help: flag,
      },
    }).values; // biome-ignore format: dense
  } catch (error) {
    throw new AppError('USAGE', messageOf(error).split('\n')[0]!);
  }
}
