import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../../src/domain/errors.ts';
import { NEWEST_VERSION, SERVED_VERSIONS } from './http/versions.ts';

export const HELP = `A QRadar console to try clients against: REST API over HTTPS with its own certificate authority.

Usage: undercurrent-simulator --data DIR [options]

  --data DIR          folder for everything the simulator keeps
  --host ADDRESS      address to listen on (127.0.0.1)
  --https-port N      port of the REST API, 0 for any free one (0)
  --syslog-port N     port of syslog over UDP and TCP, TLS one above; 0 for any free ones (0)
  --api-version V     newest API version it speaks (${NEWEST_VERSION})
  --help              this text

One JSON line on standard output says when it is ready, with address, authority file and tokens.
`;

export interface Arguments {
  data: string;
  host: string;
  httpsPort: number;
  syslogPort: number;
  apiVersion: string;
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
        data: text,
        host: text,
        'https-port': text,
        'syslog-port': text,
        'api-version': text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new AppError('USAGE', messageOf(error).split('\n')[0]!);
  }
}
