import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../../src/domain/errors.ts';
import { parseDay } from '../../src/domain/time.ts';
import { NEWEST_VERSION, SERVED_VERSIONS } from './http/versions.ts';
import type { PlayOptions } from './play/play-company.ts';

export const HELP = `A QRadar console to try clients against: REST API over HTTPS with its own certificate authority.

Usage: undercurrent-simulator --data DIR [options]

  --data DIR          folder for everything the simulator keeps
  --host ADDRESS      address to listen on (127.0.0.1)
  --https-port N      port of the REST API, 0 for any free one (0)
  --syslog-port N     port of syslog over UDP and TCP, TLS one above; 0 for any free ones (0)
  --api-version V     newest API version it speaks (${NEWEST_VERSION})
  --people N          play a company of so many people, 5-20000
  --days N            days of history to fill in first (30)
  --live-days N       days that the company lives on after that (7)
  --seed N            seed of everything that happens in the company (1)
  --start DAY         first day of history, YYYY-MM-DD; history then ends N days later and the console's clock begins
                      there (otherwise history ends now)
  --speed N           how much faster than real time the clock runs, 0.1-10000 (1)
  --faults FILE       JSON with faults to switch on; looked at again while running
  --help              this text

After a restart with the same --data the company is played on without these options. One JSON line on standard output says when it is ready, with address, authority file and tokens.
`;

export interface Arguments {
  data: string;
  host: string;
  httpsPort: number;
  syslogPort: number;
  apiVersion: string;
  speed: number;
  play?: PlayOptions;
  faults?: string;
}

/** Command line to options; `help` when asked for. Throws `USAGE` with one clear line. */
export function parseArguments(argv: readonly string[]): 'help' | Arguments {
  const values = readValues(argv);
  if (values.help) return 'help';
  if (!values.data) throw new AppError('USAGE', '--data DIR is missing (see --help)');
  const apiVersion = values['api-version'] ?? NEWEST_VERSION;
  if (!SERVED_VERSIONS.includes(apiVersion))
    throw new AppError('USAGE', `--api-version must be one of ${SERVED_VERSIONS.join(', ')}, not "${apiVersion}"`);
  return {
    data: values.data,
    host: values.host ?? '127.0.0.1',
    httpsPort: wholeNumber('https-port', values['https-port'] ?? '0', 0, 65_535),
    syslogPort: wholeNumber('syslog-port', values['syslog-port'] ?? '0', 0, 65_534),
    apiVersion,
    speed: readSpeed(values.speed ?? '1'),
    ...readPlayOptions(values),
    ...(values.faults === undefined ? {} : { faults: values.faults }),
  };
}

function readSpeed(text: string): number {
  const speed = Number(text);
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text) || speed < 0.1 || speed > 10_000)
    throw new AppError('USAGE', `--speed must be a number from 0.1 to 10000, not "${text}"`);
  return speed;
}

function readPlayOptions(values: ReturnType<typeof readValues>): { play?: PlayOptions } {
  const { people, start } = values;
  const alone = (['days', 'live-days', 'seed', 'start'] as const).find((name) => values[name] !== undefined);
  if (people === undefined) {
    if (alone !== undefined)
      throw new AppError('USAGE', `--${alone} says something about a company; --people is missing`);
    return {};
  }
  if (start !== undefined && parseDay(start) === undefined)
    throw new AppError('USAGE', `--start must be a calendar day, YYYY-MM-DD, not "${start}"`);
  return {
    play: {
      people: wholeNumber('people', people, 5, 20_000),
      days: wholeNumber('days', values.days ?? '30', 1, 1000),
      liveDays: wholeNumber('live-days', values['live-days'] ?? '7', 1, 1000),
      seed: wholeNumber('seed', values.seed ?? '1', 0, 4_294_967_295),
      ...(start === undefined ? {} : { startDay: start }),
    },
  };
}

function wholeNumber(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < low || value > high)
    throw new AppError('USAGE', `--${name} must be a whole number from ${low} to ${high}, not "${text}"`);
  return value;
}

function readValues(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...{ data: text, host: text, 'https-port': text, 'syslog-port': text, 'api-version': text, people: text },
        ...{ days: text, 'live-days': text, seed: text, start: text, speed: text, faults: text },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new AppError('USAGE', messageOf(error).split('\n')[0]!);
  }
}
