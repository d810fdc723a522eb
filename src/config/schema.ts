import { z } from 'zod';
import { parseDay } from '../domain/time.ts';
import { isTimeZone, isWebAddress } from './checks.ts';

/**
 * Every setting: default, bounds and a sentence for people (`describe`). The texts of `error` say what is accepted.
 * Secrets are not settings: they come from the environment (see `secrets.ts`) and never stand in the file.
 */
const whole = (from: number, to: number, unit: string) => {
  const accepted = `a whole number from ${from} to ${to}${unit ? ` (${unit})` : ''}`;
  return z.int({ error: accepted }).min(from, { error: accepted }).max(to, { error: accepted });
};
const number = (from: number, to: number) => {
  const accepted = `a number from ${from} to ${to}`;
  return z.number({ error: accepted }).min(from, { error: accepted }).max(to, { error: accepted });
};
const text = (accepted: string, maxLength = 1024) =>
  z.string({ error: accepted }).max(maxLength, { error: `${accepted}, at most ${maxLength} characters` });
const path = (what: string) => text(`the path of ${what}`, 4096);
const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `one of ${words.join(', ')}` });
const list = <T extends z.ZodType>(item: T, accepted: string, maxItems = 1000) =>
  z.array(item, { error: `a list of ${accepted}` }).max(maxItems, { error: `at most ${maxItems} entries` });
const section = <T extends z.ZodRawShape>(shape: T, accepted = 'a group of settings') =>
  z.strictObject(shape, { error: accepted });

const sensitivePattern = section(
  {
    pattern: text('a text to find, in which * stands for any characters', 200).refine(
      (pattern) => /[^*]/.test(pattern),
      {
        error: 'a text to find, with more in it than *',
      },
    ),
    level: whole(1, 3, '1 internal, 2 confidential, 3 secret'),
  },
  'a pattern and a level',
);

const logSourceMode = section(
  {
    type: text('the name of a log source type, in which * stands for any characters', 200).min(1, {
      error: 'the name of a log source type, in which * stands for any characters',
    }),
    mode: oneOf(['off', 'raw', 'push-down']),
  },
  'a type and a mode',
);

export const ConfigSchema = section({
  data: section({
    directory: path('a directory')
      .min(1, { error: 'the path of a directory' })
      .default('undercurrent-data')
      .describe('Where events, findings and the audit chain are kept. Created when absent.'),
  }).prefault({}),
  storage: section({
    encryption: oneOf(['required', 'tokens', 'off'])
      .default('tokens')
      .describe(
        'required: the event file is encrypted too (needs duckdbExtension), or nothing starts. tokens: names in the event file are keyed tokens and the record file is encrypted. off: no key, readable files; for public test data only.',
      ),
    keyFile: path('a key file')
      .default('')
      .describe('File with the data key. Empty: a key is made in the data directory; keep it elsewhere in production.'),
    duckdbExtension: path("DuckDB's httpfs extension file")
      .default('')
      .describe('The httpfs extension of the same DuckDB version; its OpenSSL is what encrypts the event file.'),
    retentionDays: whole(1, 36_500, 'days')
      .default(400)
      .describe('Activities older than this are deleted. Findings and the audit chain stay.'),
    memoryLimitMb: whole(256, 1_048_576, 'MB')
      .default(2048)
      .describe('Memory the event engine may use before it spills to disk.'),
  }).prefault({}),
  time: section({
    zone: text('an IANA time zone such as Europe/Berlin', 64)
      .refine(isTimeZone, { error: 'an IANA time zone such as Europe/Berlin, or UTC' })
      .default('UTC')
      .describe('Time zone of people whose own zone is not known from the directory.'),
    holidays: list(
      text('a day written YYYY-MM-DD', 10).refine((day) => parseDay(day) !== undefined, {
        error: 'a calendar day written YYYY-MM-DD',
      }),
      'days written YYYY-MM-DD',
    )
      .default([])
      .meta({
        description: 'Days on which working people behave as on a weekend.',
        examples: [['2026-12-25', '2027-01-01']],
      }),
  }).prefault({}),
  ingest: section({
    maxRecordBytes: whole(1024, 67_108_864, 'bytes')
      .default(1_048_576)
      .describe('A longer record is kept as a dead letter and not parsed.'),
    internalDomains: list(text('a DNS domain', 253).min(1, { error: 'a DNS domain' }), 'DNS domains')
      .default([])
      .meta({
        description: 'Mail and web domains of your own organisation; all others count as outside.',
        examples: [['example.com', 'example.net']],
      }),
    sensitivePatterns: list(sensitivePattern, 'pattern and level', 200)
      .default([])
      .meta({
        description:
          'Names of files, shares, tables or addresses that are sensitive, found anywhere in the name (* stands for any characters, letter case is ignored); level 1 internal, 2 confidential, 3 secret.',
        examples: [[{ pattern: 'payroll*2027', level: 2 }]],
      }),
    referenceYear: whole(0, 9999, 'a year; 0 = the year of the import')
      .default(0)
      .describe('Year of records whose time stamp has none (classic syslog). 0: the year of the import.'),
  }).prefault({}),
  identity: section({
    aliasesFile: path('a CSV file')
      .default('')
      .describe('CSV file with the columns account,alias[,note]: accounts that belong to one person.'),
    referenceTables: list(path('a JSON file with a QRadar reference table'), 'paths of JSON files', 50)
      .default([])
      .meta({
        description:
          'People from QRadar reference tables, saved as JSON from GET /api/reference_data/tables/NAME: outer key the account, inner keys such as email, role, department, alias.',
        examples: [['hr-people.json']],
      }),
    serviceAccountPatterns: list(
      text('an account name', 100).min(1, { error: 'an account name, in which * stands for any text' }),
      'account names, in which * stands for any text',
      500,
    )
      .default([])
      .meta({
        description: 'Further names of service accounts; * stands for any text.',
        examples: [['backup-*', '*_batch']],
      }),
  }).prefault({}),
  analysis: section({
    alertBudgetPerDay: number(0.1, 10_000)
      .default(10)
      .describe('How many anomalies a day your team can look at. Scores are calibrated to it.'),
    minScore: number(0, 100).default(50).describe('The lowest score that is shown, 0-100.'),
    seed: whole(0, 4_294_967_295, '').default(1).describe('Seed of every random choice. Same seed, same findings.'),
    minimumPeers: whole(2, 1000, 'people').default(5).describe('A comparison with fewer peers than this is not made.'),
  }).prefault({}),
  ariel: section({
    mode: oneOf(['off', 'raw', 'push-down'])
      .default('raw')
      .describe(
        'raw: events are read from QRadar and stored here. push-down: QRadar computes hourly figures itself and raw events stay there. off: QRadar events are not read.',
      ),
    logSources: list(logSourceMode, 'log source types and modes', 200)
      .default([])
      .meta({
        description:
          'Log source types that are read in another way than mode says; * stands for any characters, the first entry that fits holds.',
        examples: [[{ type: 'Microsoft Windows*', mode: 'push-down' }]],
      }),
    backfillDays: whole(0, 400, 'days').default(30).describe('How far back events are read at the first start.'),
    pollSeconds: whole(5, 3600, 'seconds').default(60).describe('Pause between two looks for new events.'),
    overlapSeconds: whole(0, 86_400, 'seconds')
      .default(120)
      .describe('Arrivals so far back are read again each time; what is stored already is told apart.'),
    windowMinutes: whole(1, 1440, 'minutes').default(60).describe('Longest span of one search.'),
    flows: oneOf(['off', 'on']).default('off').describe('on: flows are read too, joined to people by address.'),
  }).prefault({}),
  syslog: section({
    host: text('an address to listen on', 255)
      .default('127.0.0.1')
      .describe('Address the syslog listener is bound to.'),
    udpPort: whole(0, 65_535, 'a port; 0 = off').default(0).describe('Port for syslog over UDP.'),
    tcpPort: whole(0, 65_535, 'a port; 0 = off').default(0).describe('Port for syslog over TCP, one message a line.'),
    tlsPort: whole(0, 65_535, 'a port; 0 = off')
      .default(0)
      .describe('Port for syslog over TLS; needs certFile and keyFile.'),
    certFile: path('a PEM file').default('').describe('Certificate of the TLS listener.'),
    keyFile: path('a PEM file').default('').describe('Private key of the TLS listener.'),
    clientCaFile: path('a PEM file')
      .default('')
      .describe('Authority of client certificates. Set: senders without a certificate from it are refused.'),
    spoolMb: whole(1, 1_048_576, 'MB')
      .default(512)
      .describe(
        'Disk that received messages may take before they are stored. Full: TCP and TLS senders wait, UDP is dropped and counted.',
      ),
    maxConnections: whole(1, 10_000, 'connections').default(200).describe('TCP and TLS senders at the same time.'),
  }).prefault({}),
  serve: section({
    port: whole(0, 65_535, 'a port; 0 = any free one')
      .default(9471)
      .describe('Port of health, readiness and metrics, on 127.0.0.1.'),
    analyzeMinutes: whole(1, 1440, 'minutes').default(60).describe('How often behaviour is scored anew.'),
    offensePollSeconds: whole(5, 3600, 'seconds').default(30).describe('How often offenses are looked at.'),
    contextMinutes: whole(1, 1440, 'minutes')
      .default(60)
      .describe(
        'How often assets, users, domains, log sources, reference tables and "UBA : Users Not Tracked" are read.',
      ),
  }).prefault({}),
  rollout: section({
    phase: oneOf(['assist', 'enrich'])
      .default('assist')
      .describe(
        'assist: nothing is written to QRadar, only recorded what would be. enrich: notes are put on UBA offenses.',
      ),
  }).prefault({}),
  writeback: section({
    syslogHost: text('a host name or address', 255)
      .default('')
      .describe(
        'Event collector of QRadar that campaign events are sent to in phase enrich. Empty: campaigns are not told to QRadar.',
      ),
    syslogPort: whole(1, 65_535, 'a port')
      .default(6514)
      .describe('Port of the collector: usually 6514 for TLS, 514 for TCP and UDP.'),
    syslogProtocol: oneOf(['tls', 'tcp', 'udp'])
      .default('tls')
      .describe('How events travel. udp: at most 1024 bytes an event, and what is lost is found out by a search only.'),
    syslogCaFile: path('a PEM file')
      .default('')
      .describe("Authority of the collector's certificate. Empty: the authorities of the system."),
    identifier: text('a host name: letters, digits, dots and hyphens', 255)
      .regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, { error: 'a host name: letters, digits, dots and hyphens' })
      .default('undercurrent')
      .describe('Log source identifier: the host name in the header of every event. One for each instance.'),
    ruleName: text('the name of a rule', 255)
      .min(1, { error: 'the name of a rule' })
      .default('AI Sidecar Finding')
      .describe('Name of the custom rule in QRadar that makes offenses of campaign events.'),
  }).prefault({}),
  log: section({
    level: oneOf(['silent', 'error', 'warn', 'info', 'debug', 'trace'])
      .default('info')
      .describe('How much is logged to standard error.'),
  }).prefault({}),
  qradar: section({
    url: text('an https address of a QRadar console', 2048)
      .refine(isWebAddress, { error: 'an https:// address without user name and password, or empty' })
      .default('')
      .describe('Address of the QRadar console. Empty: not connected. The token comes from the environment.'),
    caFile: path('a PEM file')
      .default('')
      .describe("PEM file with the certificate authority that signed the console's certificate."),
    version: text('an API version such as 26.0, or auto', 10)
      .regex(/^(auto|[1-9]\d?\.\d)$/, { error: 'an API version such as 26.0, or auto' })
      .default('auto')
      .describe('API version to ask for. auto: the newest that the console offers, up to 26.0.'),
    requestTimeoutSeconds: whole(1, 600, 'seconds').default(60).describe('Longest wait for one reply.'),
    searchTimeoutMinutes: whole(1, 1440, 'minutes')
      .default(30)
      .describe('An Ariel search that runs longer is cancelled.'),
    budgetShare: number(0.01, 1)
      .default(0.2)
      .describe('Share of the time in which searches may run on the console, summed over the parallel ones.'),
    parallelSearches: whole(1, 10, 'searches')
      .default(3)
      .describe('Most searches at the same time. Fewer run while searches queue on the console.'),
    pageSize: whole(10, 10_000, 'records').default(500).describe('Records asked for at once when reading a list.'),
    referenceTables: list(
      text('the name of a reference table', 255).min(1, { error: 'the name of a reference table' }),
      'names of reference tables',
      50,
    )
      .default([])
      .meta({
        description:
          'Reference tables on the console that say who people are: outer key the account, inner keys such as email, role, department, alias.',
        examples: [['HR People']],
      }),
    ubaAppId: whole(0, 1_000_000, 'an app id; 0 = look it up')
      .default(0)
      .describe('App id of User Behavior Analytics. 0: looked up, which needs a right to list apps.'),
  }).prefault({}),
});

/** The settings of the file, with defaults. */
export type Settings = z.infer<typeof ConfigSchema>;
