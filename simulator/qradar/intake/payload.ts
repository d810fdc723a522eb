/** What LEEF and CEF have in common. */
export interface Payload {
  vendor: string;
  product: string;
  version: string;
  eventId: string;
  /** Name of a CEF event. */
  name: string;
  attributes: Map<string, string>;
}

const MAX_ATTRIBUTES = 500;

/** Finds LEEF or CEF anywhere in a message, as QRadar does; `undefined` when there is neither. */
export function readPayload(message: string): Payload | undefined {
  const leef = message.indexOf('LEEF:');
  if (leef >= 0) return readLeef(message.slice(leef));
  const cef = message.indexOf('CEF:');
  return cef >= 0 ? readCef(message.slice(cef)) : undefined;
}

/** Splits off the first `count` parts at a bar; the rest is the last element. */
function splitHeader(text: string, count: number): string[] | undefined {
  const parts: string[] = [];
  let at = 0;
  while (parts.length < count) {
    const bar = text.indexOf('|', at);
    if (bar < 0) return undefined;
    if (text[bar - 1] === '\\' && text.startsWith('CEF', 0)) {
      const next = text.indexOf('|', bar + 1);
      if (next < 0) return undefined;
      parts.push(text.slice(at, next).replaceAll('\\|', '|').replaceAll('\\\\', '\\'));
      at = next + 1;
      continue;
    }
    parts.push(text.slice(at, bar));
    at = bar + 1;
  }
  parts.push(text.slice(at));
  return parts;
}

function readLeef(text: string): Payload | undefined {
  const parts = splitHeader(text, 5);
  if (!parts) return undefined;
  const [version, vendor, product, productVersion, eventId, rest] = parts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (version !== 'LEEF:1.0' && version !== 'LEEF:2.0') return undefined;
  const { delimiter, body } = version === 'LEEF:2.0' ? readDelimiter(rest) : { delimiter: '\t', body: rest };
  const attributes = new Map<string, string>();
  for (let at = 0; at < body.length && attributes.size < MAX_ATTRIBUTES; ) {
    const end = body.indexOf(delimiter, at);
    const stop = end < 0 ? body.length : end;
    const equals = body.indexOf('=', at);
    // Some installs write a space before the equals sign.
    if (equals >= 0 && equals < stop)
      attributes.set(body.slice(at, equals).trim(), body.slice(equals + 1, stop).trimEnd());
    at = stop + delimiter.length;
  }
  return { vendor, product, version: productVersion, eventId, name: '', attributes };
}

/** The sixth field is a delimiter when it is one character or a hexadecimal one; otherwise attributes begin there. */
function readDelimiter(rest: string): { delimiter: string; body: string } {
  const bar = rest.indexOf('|');
  const field = bar < 0 ? undefined : rest.slice(0, bar);
  if (field === undefined) return { delimiter: '\t', body: rest };
  const body = rest.slice(bar + 1);
  if (field === '') return { delimiter: '\t', body };
  const hex = /^(?:0x|x)([0-9A-Fa-f]{1,4})$/.exec(field)?.[1];
  if (hex !== undefined) return { delimiter: String.fromCharCode(Number.parseInt(hex, 16)), body };
  return [...field].length === 1 ? { delimiter: field, body } : { delimiter: '\t', body: rest };
}

const CEF_KEY = /(?:^|\s)([\w.[\]-]{1,64})=/g;
/** CEF keys to the LEEF attributes that mean the same. */
const CEF_NAMES: Record<string, string> = {
  spt: 'srcPort',
  dpt: 'dstPort',
  suser: 'usrName',
  duser: 'accountName',
  smac: 'srcMAC',
  dmac: 'dstMAC',
  rt: 'devTime',
  in: 'dstBytes',
  out: 'srcBytes',
  shost: 'identHostName',
};

function readCef(text: string): Payload | undefined {
  const parts = splitHeader(text, 7);
  if (!parts || !/^CEF:\d$/.test(parts[0]!)) return undefined;
  const [, vendor, product, version, eventId, name, severity, body] = parts as string[];
  const attributes = new Map<string, string>();
  const keys = [...body!.matchAll(CEF_KEY)].slice(0, MAX_ATTRIBUTES);
  for (const [index, match] of keys.entries()) {
    const end = keys[index + 1]?.index ?? body!.length;
    const value = body!.slice(match.index + match[0].length, end).trim();
    attributes.set(CEF_NAMES[match[1]!] ?? match[1]!, value.replace(/\\([=\\])/g, '$1').replaceAll('\\n', '\n'));
  }
  if (!attributes.has('cat')) attributes.set('cat', 'CEF');
  if (!attributes.has('sev')) attributes.set('sev', severity!);
  return { vendor: vendor!, product: product!, version: version!, eventId: eventId!, name: name!, attributes };
}
