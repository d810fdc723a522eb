import { isIPv4, isIPv6 } from 'node:net';
import type { EventRow } from '../ariel/store.ts';
import type { State } from '../state/state.ts';
import { typeOfProduct, UNIVERSAL_CEF, UNIVERSAL_LEEF } from './device-support.ts';
import { readDeviceTime } from './device-time.ts';
import { type Source, SourceFinder } from './identify-source.ts';
import { readPayload } from './payload.ts';
import { type Classified, QidFinder } from './qid-finder.ts';
import { readSyslogHeader } from './syslog-header.ts';

/** A message as it came in. */
export interface Message {
  text: string;
  /** Address of the sender, which identifies the log source when the header does not. */
  peer: string;
  receivedMs: number;
  /** Set by a collector that speaks for many hosts. */
  identifier?: string;
}

/** An event before the rules have seen it. */
export interface Normalised {
  row: EventRow & Record<string, unknown>;
  source: Source;
  classified: Classified;
  username: string | null;
  eventId: string;
  attributes: ReadonlyMap<string, string>;
}

const PROTOCOL_IDS: Record<string, number> = { icmp: 1, tcp: 6, udp: 17 };
const INTERNAL = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|127\.)/;
const whole = (text: string | undefined, most: number): number =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Math.min(Number(text), most) : 0;

/** Turns messages into events: log source, QID, and the columns that LEEF's predefined keys fill. */
export class Normaliser {
  readonly sources: SourceFinder;
  readonly #qids: QidFinder;
  constructor(state: State) {
    this.sources = new SourceFinder(state);
    this.#qids = new QidFinder(state);
  }

  normalise(message: Message): Normalised {
    const { text, receivedMs } = message;
    const payload = readPayload(text);
    const header = readSyslogHeader(text, receivedMs);
    const identifier = message.identifier ?? header.host ?? message.peer;
    const attributes = payload?.attributes ?? new Map<string, string>();
    const product = payload && typeOfProduct(payload.vendor, payload.product);
    const source = this.sources.find(identifier, product, receivedMs);
    const universal = text.includes('CEF:') && !text.includes('LEEF:') ? UNIVERSAL_CEF : UNIVERSAL_LEEF;
    const typeId = product ?? (source.record.type_id === UNIVERSAL_LEEF ? universal : source.record.type_id);
    const eventId = payload?.eventId ?? '';
    const category = attributes.get('cat') ?? 'LEEF';
    const failed = attributes.get('outcome') === 'failure';
    const classified = this.#qids.find(typeId, eventId, category, failed);
    const username = attributes.get('usrName') || null;
    const [src, dst] = [attributes.get('src') ?? '', attributes.get('dst') ?? ''];
    const sourceIp = isIPv4(src) ? src : '0.0.0.0';
    const destinationIp = isIPv4(dst) ? dst : '0.0.0.0';
    const sent = attributes.get('sev');
    const severity = sent === undefined ? classified.qid.severity : whole(sent, 10);
    const { credibility } = source.record;
    const identity = attributes.get('identHostName') || null;
    const row = {
      qid: classified.qid.qid,
      category: classified.qid.low_level_category_id,
      highlevelcategory: classified.high,
      logsourceid: source.record.id,
      devicetype: source.record.type_id,
      starttime: receivedMs,
      endtime: receivedMs,
      devicetime: readDeviceTime(attributes.get('devTime')) ?? header.timeMs ?? receivedMs,
      sourceip: sourceIp,
      sourceport: whole(attributes.get('srcPort'), 65_535),
      ...(attributes.has('srcMAC') ? { sourcemac: attributes.get('srcMAC')! } : {}),
      ...(isIPv6(src) ? { sourcev6: src } : {}),
      destinationip: destinationIp,
      destinationport: whole(attributes.get('dstPort'), 65_535),
      ...(attributes.has('dstMAC') ? { destinationmac: attributes.get('dstMAC')! } : {}),
      ...(isIPv6(dst) ? { destinationv6: dst } : {}),
      username,
      eventdirection: `${INTERNAL.test(sourceIp) || sourceIp === '0.0.0.0' ? 'L' : 'R'}2${INTERNAL.test(destinationIp) || destinationIp === '0.0.0.0' ? 'L' : 'R'}`,
      identityip: isIPv4(attributes.get('identSrc') ?? '') ? attributes.get('identSrc')! : '0.0.0.0',
      identityhostname: identity,
      eventcount: 1,
      protocolid: PROTOCOL_IDS[(attributes.get('proto') ?? '').toLowerCase()] ?? 255,
      payload: source.record.store_event_payload ? text : null,
      severity,
      credibility,
      relevance: 5,
      magnitude: Math.round(0.5 * 5 + 0.3 * severity + 0.2 * credibility),
      domainid: source.domainId,
      hasidentity: identity !== null,
      isunparsed: payload === undefined,
      processorid: 8,
      hostname: identity,
      hasoffense: false,
      creeventlist: [] as number[],
      offenses: [] as number[],
      attributes: JSON.stringify({ ...Object.fromEntries(attributes), $eventid$: eventId, $eventcategory$: category }),
    };
    return { row, source, classified, username, eventId, attributes };
  }
}
