import {
  type CampaignChange,
  type CampaignEventKey,
  EVENT_OF_CHANGE,
  EVENT_PRODUCT,
} from '../domain/campaign-events.ts';
import type { Campaign } from '../domain/findings.ts';

/** Version of the form of events. */
const EVENT_FORM = '1.0';

export interface CampaignEventFields {
  id: string;
  number: number;
  change: CampaignChange;
  campaign: Campaign;
  mergedInto: string | undefined;
  /** User name as QRadar writes it. */
  account: string;
  /** Of the log source. */
  identifier: string;
  timeMs: number;
  /** Longest message in bytes. */
  maxBytes: number;
}

/** User names longer than this, or with characters that do not show, cannot stand in an event. */
export const isUsableAccount = (account: string): boolean =>
  account !== '' &&
  Buffer.byteLength(account) <= 255 &&
  account.isWellFormed() &&
  !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(account);

type Attribute = readonly [
  key: CampaignEventKey | 'cat' | 'devTime' | 'sev' | 'usrName',
  value: string | number | undefined,
];

const writeAttribute = ([key, value]: Attribute): string => `${key}=${oneLine(String(value))}`;

/** Facility local use 0, severity informational. */
const PRIORITY = 134;
const MOST_STAGES = 14;

/**
 * One LEEF 2.0 event with an RFC 5424 header, on one line. The text at its end is cut to fit, and what has
 * no room is left out. The same fields give the same bytes.
 */
export function composeCampaignEvent(fields: CampaignEventFields): string {
  const { campaign, change, timeMs } = fields;
  const [eventId, category] = EVENT_OF_CHANGE[change];
  const time = new Date(timeMs).toISOString();
  const header = `<${PRIORITY}>1 ${time} ${fields.identifier} undercurrent - campaign - `;
  const leef = `LEEF:2.0|${EVENT_PRODUCT}|${EVENT_PRODUCT}|${EVENT_FORM}|${eventId}|x09|`;
  const needed: Attribute[] = [
    ['cat', category],
    ['devTime', timeMs],
    ['sev', Math.min(10, Math.max(1, Math.round(campaign.score / 10) || 1))],
    ['usrName', fields.account],
    ['eventUid', fields.id],
    ['campaignId', campaign.id],
    ['campaignState', fields.number],
    ['campaignChange', change],
  ];
  const wished: Attribute[] = [
    ['mergedInto', fields.mergedInto],
    ['campaignScore', round(campaign.score, 1)],
    ['campaignStages', stagesOf(campaign)],
    ['campaignChance', round(campaign.chance, 6)],
    ['campaignStart', campaign.start],
    ['campaignEnd', campaign.end],
    ['campaignPeople', campaign.people.length],
    ['campaignDays', campaign.anomalies.length],
  ];
  let fixed = `${header}${leef}${needed.map(writeAttribute).join('\t')}`;
  for (const attribute of wished) {
    const longer = `${fixed}\t${writeAttribute(attribute)}`;
    if (attribute[1] !== undefined && Buffer.byteLength(longer) <= fields.maxBytes) fixed = longer;
  }
  const room = fields.maxBytes - Buffer.byteLength(fixed) - Buffer.byteLength('\tmsg=');
  const text = cutBytes(oneLine(campaign.text), room);
  return text === '' ? fixed : `${fixed}\tmsg=${text}`;
}

/** The id of the state that an event tells; `undefined` for what is no such event. Payloads are untrusted. */
export const readEventUid = (payload: string): string | undefined =>
  /\teventUid=([A-Za-z0-9._:-]{1,100})(\t|$)/.exec(payload)?.[1];

const stagesOf = ({ stages }: Campaign): string =>
  stages
    .slice(0, MOST_STAGES)
    .map(({ stage }) => stage)
    .join(',');

const round = (value: number, digits: number): string =>
  Number.isFinite(value) ? String(+value.toFixed(digits)) : '0';

/** Neither the delimiter nor anything that ends a message. */
const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/ *[\p{Cc}\p{Cf}\p{Zl}\p{Zp}][\p{Cc}\p{Cf}\p{Zl}\p{Zp} ]*/gu, ' ')
    .trim();

/** The longest beginning of at most so many bytes; what was cut shows as `...`. */
function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  if (most < 20) return '';
  const bytes = Buffer.from(text).subarray(0, most - 3);
  return `${bytes
    .toString('utf8')
    .replace(/\ufffd+$/, '')
    .trimEnd()}...`;
}
