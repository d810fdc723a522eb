export interface SyslogHeader {
  /** Host of the header; `undefined` without a header. */
  host: string | undefined;
  /** Time of the header, epoch milliseconds. */
  timeMs: number | undefined;
}

const RFC5424 = /^<\d{1,3}>1 (\S{1,64}) (\S{1,255}) /;
const RFC3164 = /^(?:<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}) (\S{1,255}) /;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const HALF_YEAR_MS = 183 * 86_400_000;

/** RFC 5424 (priority required) or RFC 3164 (priority optional; it names neither year nor zone: UTC, the year nearest to now). */
export function readSyslogHeader(message: string, nowMs: number): SyslogHeader {
  const modern = RFC5424.exec(message);
  if (modern) {
    const timeMs = Date.parse(modern[1]!);
    return { host: modern[2] === '-' ? undefined : modern[2], timeMs: Number.isNaN(timeMs) ? undefined : timeMs };
  }
  const old = RFC3164.exec(message);
  if (!old) return { host: undefined, timeMs: undefined };
  const month = MONTHS.indexOf(old[1]!.slice(0, 3));
  const [day, hour, minute, second] = [4, 7, 10, 13].map((at) => Number(old[1]!.slice(at, at + 2)));
  if (month < 0) return { host: old[2], timeMs: undefined };
  const year = new Date(nowMs).getUTCFullYear();
  const candidates = [year - 1, year, year + 1].map((one) => Date.UTC(one, month, day, hour, minute, second));
  const timeMs = candidates.find((one) => Math.abs(one - nowMs) <= HALF_YEAR_MS);
  return { host: old[2], timeMs };
}
