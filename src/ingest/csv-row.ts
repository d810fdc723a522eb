/**
 * Splits CSV records by hand: CERT's two largest files quote a column in every row, where a general parser called per
 * record is too slow and called per file hides which lines were bad. Agreement with csv-parse is a property test.
 *
 * A quote opens a quoted field only at the field's start; inside, `""` is a quote; a quote followed by anything else is
 * taken literally, as writers that forget to double quotes mean it.
 */

/** Whether the text ends inside a quoted field, so that the record goes on in the next line. */
export function endsInQuotes(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    if (text.charCodeAt(at) === 34) {
      const close = closingQuote(text, at + 1);
      if (close < 0) return true;
      at = close + 2;
    } else {
      const comma = text.indexOf(',', at);
      if (comma < 0) return false;
      at = comma + 1;
    }
  }
  return false;
}

/** Position of the quote that ends the field starting at `from`: one followed by a comma or the end. -1 when none does. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    const next = text.charCodeAt(at + 1);
    if (next === 34) at++;
    else if (next === 44 || at + 1 === text.length) return at;
  }
  return -1;
}

/** Fields of one record; an unclosed quoted field takes the rest of the text. */
export function splitCsvRow(text: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text.charCodeAt(at) === 34) {
      const close = closingQuote(text, at + 1);
      const end = close < 0 ? text.length : close;
      const field = text.slice(at + 1, end);
      fields.push(field.includes('""') ? field.replaceAll('""', '"') : field);
      if (close < 0 || close + 1 >= text.length) return fields;
      at = close + 2;
    } else {
      const comma = text.indexOf(',', at);
      if (comma < 0) {
        fields.push(text.slice(at));
        return fields;
      }
      fields.push(text.slice(at, comma));
      at = comma + 1;
    }
  }
}
