import { type Offense, USERNAME_OFFENSE } from './offenses.ts';

export const SENSE_LOG_SOURCE_TYPE = 'IBM Sense';
const UBA_RULE = /^\s*UBA\s*:/i;

const isSenseType = (name: string | undefined): boolean =>
  name?.trim().toLowerCase() === SENSE_LOG_SOURCE_TYPE.toLowerCase();

/** Raised by UBA: about a user name, and made by a rule of UBA or out of events of the Sense log source. */
export const isUbaOffense = (offense: Pick<Offense, 'type' | 'logSources'>, ruleNames: Iterable<string>): boolean =>
  offense.type === USERNAME_OFFENSE &&
  (offense.logSources.some(({ typeName }) => isSenseType(typeName)) ||
    [...ruleNames].some((name) => UBA_RULE.test(name)));

export interface SenseEvent {
  user: string;
  /** Points the rule adds to the person's risk. */
  senseValue: number | undefined;
  senseScore: number | undefined;
  eventId: string;
  category: string;
  timeMs: number | undefined;
  kind: 'rule' | 'machine-learning' | 'threshold';
}

const HEADER = /LEEF:(?:1\.0|2\.0)\|IBM\|Sense\|[^|]{0,50}\|([^|]{0,200})\|/;
/** LEEF 2.0 names its delimiter after the event id: a character, or its code such as `x09`; tab when it is left out. */
const DELIMITER = /^(?:0?x([0-9a-f]{1,4})|([^|=\s]))?\|/i;
const MAX_PAYLOAD = 16_384;

/** An event that UBA wrote, out of its LEEF payload; `undefined` for any other event. Some installations put a blank before `=`. */
export function parseSenseEvent(payload: string): SenseEvent | undefined {
  const text = payload.slice(0, MAX_PAYLOAD);
  const header = HEADER.exec(text);
  if (!header) return undefined;
  const rest = text.slice(header.index + header[0].length);
  const delimiter = DELIMITER.exec(rest);
  const separator = delimiter?.[1] ? String.fromCharCode(Number.parseInt(delimiter[1], 16)) : (delimiter?.[2] ?? '\t');
  const fields = new Map<string, string>();
  for (const pair of rest.slice(delimiter?.[0].length ?? 0).split(separator)) {
    const at = pair.indexOf('=');
    if (at > 0) fields.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  }
  const user = fields.get('usrName') ?? '';
  if (user === '') return undefined;
  const eventId = header[1]!.trim();
  const category = fields.get('cat') ?? '';
  const isLearned = /UBA Machine Learning Anomaly/i.test(`${eventId} ${category}`);
  const isThreshold = /crossed risk threshold/i.test(eventId);
  return {
    user,
    senseValue: toNumber(fields.get('senseValue')),
    senseScore: toNumber(fields.get('senseScore') ?? fields.get('senseOffenseScore')),
    eventId,
    category,
    timeMs: /^\d{13}$/.test(fields.get('startTime') ?? '') ? Number(fields.get('startTime')) : undefined,
    kind: isThreshold ? 'threshold' : isLearned ? 'machine-learning' : 'rule',
  };
}

const toNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d{1,12}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
