import { parseInstant } from '../ariel/time-window.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const NAMED = /^([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?(?: (?:UTC|GMT|Z))?$/;

/** `devTime`: epoch ms, ISO 8601 or `MMM dd yyyy HH:mm:ss`, which cover what IBM's samples use; `undefined` for another form. */
export function readDeviceTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) {
    const ms = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`);
    return Number.isNaN(ms) ? undefined : ms;
  }
  const named = NAMED.exec(text);
  if (named) {
    const month = MONTHS.indexOf(named[1]!);
    const [day, year, hour, minute, second] = named.slice(2, 7).map(Number);
    if (month >= 0) return Date.UTC(year!, month, day, hour, minute, second, Number((named[7] ?? '0').padEnd(3, '0')));
  }
  return parseInstant(text, 0);
}
