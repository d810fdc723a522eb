export interface LeefEvent {
  version: '1.0' | '2.0';
  vendor: string;
  product: string;
  productVersion: string;
  eventId: string;
  attributes: Map<string, string>;
}

/** What is wrong with a LEEF header. */
export type LeefError = { error: string };

/**
 * LEEF 1.0 and 2.0 from the position of `LEEF:`. Attributes are separated by a tab in 1.0, by the header's delimiter in
 * 2.0: one character, or `x`/`0x` and 1-4 hex digits; empty or left out means tab. Values may hold `=`, never the delimiter.
 * Accepted beyond the format because products write it: `\|` in header fields, `|` as the separator of 1.0, tabs that a
 * relay wrote as `#011`.
 */
export function parseLeef(line: string, at: number): LeefEvent | LeefError {
  const versionEnd = line.indexOf('|', at);
  const version = line.slice(at + 5, versionEnd < 0 ? at + 5 : versionEnd).trim();
  if (version !== '1.0' && version !== '2.0' && version !== '1' && version !== '2') {
    return { error: 'the LEEF version is not 1.0 or 2.0' };
  }
  const fields: string[] = [];
  let from = versionEnd + 1;
  while (fields.length < 4) {
    const pipe = unescapedPipe(line, from);
    if (pipe < 0) {
      // An event without attributes may leave out the last pipe.
      if (fields.length === 3) {
        fields.push(headerText(line.slice(from)));
        from = line.length;
        break;
      }
      return { error: `the LEEF header has ${fields.length + 1} of 5 fields` };
    }
    fields.push(headerText(line.slice(from, pipe)));
    from = pipe + 1;
  }
  const isSecond = version.startsWith('2');
  let delimiter = '\t';
  if (isSecond) {
    const pipe = line.indexOf('|', from);
    const field = pipe >= from && pipe - from <= 6 ? line.slice(from, pipe) : undefined;
    if (field !== undefined) {
      const read = readDelimiter(field);
      if (read === 'invalid') return { error: 'the LEEF delimiter is not one usable character' };
      if (read !== undefined) {
        delimiter = read;
        from = pipe + 1;
      }
    }
  }
  if (delimiter === '\t' && line.indexOf('\t', from) < 0) delimiter = replacedTab(line, from, isSecond);
  return {
    version: isSecond ? '2.0' : '1.0',
    vendor: fields[0]!,
    product: fields[1]!,
    productVersion: fields[2]!,
    eventId: fields[3]!,
    attributes: readAttributes(line, from, delimiter),
  };
}

function unescapedPipe(line: string, from: number): number {
  let pipe = line.indexOf('|', from);
  while (pipe > from && line.charCodeAt(pipe - 1) === 92) pipe = line.indexOf('|', pipe + 1);
  return pipe;
}

const headerText = (text: string): string => (text.includes('\\|') ? text.replaceAll('\\|', '|') : text).trim();

/** Delimiter of the sixth field; `undefined` when the field is not one (the delimiter was left out). */
function readDelimiter(field: string): string | 'invalid' | undefined {
  if (field === '') return '\t';
  const hex = /^0?x([0-9a-f]{1,4})$/i.exec(field);
  const text = hex ? String.fromCharCode(Number.parseInt(hex[1]!, 16)) : field;
  if (text.length !== 1) return field === '\\t' ? '\t' : undefined;
  return text === '=' || text === '\0' || text === '\n' || text === '\r' ? 'invalid' : text;
}

function replacedTab(line: string, from: number, isSecond: boolean): string {
  if (line.indexOf('#011', from) >= 0) return '#011';
  return !isSecond && /\|[A-Za-z][\w.-]{0,63}=/.test(line.slice(from)) ? '|' : '\t';
}

function readAttributes(line: string, from: number, delimiter: string): Map<string, string> {
  const attributes = new Map<string, string>();
  const step = delimiter.length;
  const length = line.length;
  for (let at = from; at < length; ) {
    let end = line.indexOf(delimiter, at);
    if (end < 0) end = length;
    const equals = line.indexOf('=', at);
    if (equals > at && equals < end) attributes.set(line.slice(at, equals).trim(), line.slice(equals + 1, end).trim());
    else if (equals < 0) break;
    at = end + step;
  }
  return attributes;
}
