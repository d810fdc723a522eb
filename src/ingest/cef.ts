export interface CefEvent {
  version: string;
  vendor: string;
  product: string;
  productVersion: string;
  signatureId: string;
  name: string;
  severity: string;
  extension: Map<string, string>;
}

export type CefError = { error: string };

/** CEF from the position of `CEF:`: seven header fields with `\|` and `\\` escapes, then `key=value` pairs parted by spaces. */
export function parseCef(line: string, at: number): CefEvent | CefError {
  const fields: string[] = [];
  let start = at + 4;
  let escaped = false;
  let position = start;
  for (; position < line.length && fields.length < 7; position++) {
    const code = line.charCodeAt(position);
    if (code === 92) {
      escaped = true;
      position++;
    } else if (code === 124) {
      fields.push(headerText(line.slice(start, position), escaped));
      start = position + 1;
      escaped = false;
    }
  }
  // Without an extension the pipe behind the severity may be missing.
  if (fields.length === 6 && position >= line.length) {
    fields.push(headerText(line.slice(start), escaped));
    start = line.length;
  }
  if (fields.length < 7) return { error: `the CEF header has ${fields.length} of 7 fields` };
  if (!/^\d{1,3}$/.test(fields[0]!)) return { error: 'the CEF version is not a number' };
  return {
    version: fields[0]!,
    vendor: fields[1]!,
    product: fields[2]!,
    productVersion: fields[3]!,
    signatureId: fields[4]!,
    name: fields[5]!,
    severity: fields[6]!,
    extension: parseExtension(line, start),
  };
}

const headerText = (text: string, escaped: boolean): string =>
  (escaped ? text.replace(/\\([\\|])/g, '$1') : text).trim();

/** A key: letters, digits and the marks products put in theirs. */
const isKeyCode = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code === 46 ||
  code === 45 ||
  code === 91 ||
  code === 93;

const isSpace = (code: number): boolean => code === 32 || code === 9;

/**
 * A value runs up to the next word that is followed by an unescaped `=`; an `=` not preceded by such a word belongs to the
 * value. Text before the first pair is dropped.
 */
export function parseExtension(line: string, from: number): Map<string, string> {
  const extension = new Map<string, string>();
  let key = '';
  let valueStart = -1;
  for (let equals = line.indexOf('=', from); equals >= 0; equals = line.indexOf('=', equals + 1)) {
    let keyStart = equals;
    while (keyStart > from && isKeyCode(line.charCodeAt(keyStart - 1))) keyStart--;
    if (keyStart === equals) continue;
    if (keyStart > from && !isSpace(line.charCodeAt(keyStart - 1))) continue;
    // The value before this key would end inside it: `a=b` right behind an equals sign.
    if (keyStart < valueStart) continue;
    if (valueStart >= 0) extension.set(key, extensionText(line.slice(valueStart, keyStart)));
    key = line.slice(keyStart, equals);
    valueStart = equals + 1;
  }
  if (valueStart >= 0) extension.set(key, extensionText(line.slice(valueStart)));
  return extension;
}

function extensionText(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.includes('\\')) return trimmed;
  // Senders that do not escape backslashes write plain Windows paths, in which `\n` is no line break.
  const isPath = /^(?:[A-Za-z]:\\|\\\\)(?!\\)/.test(trimmed);
  return trimmed.replace(/\\(.)/g, (whole, next: string) => {
    if (next === 'n' && !isPath) return '\n';
    if (next === 'r' && !isPath) return '\r';
    return next === '=' || next === '\\' || next === '|' ? next : whole;
  });
}
