import { describe, expect, it } from 'vitest';
import { TEST_OPTIONS } from '../../test/golden/ingest/records.ts';
import { wallToUtcMs } from '../domain/zone-offset.ts';
import { parseJavaTime } from './java-date-format.ts';
import { DEFAULT_INGEST_OPTIONS, parseContext } from './options.ts';
import { parseAnyTime, parseIsoTime, parseUsDateTime } from './parse-time.ts';

const context = parseContext(TEST_OPTIONS);
const iso = (ms: number): string => (Number.isNaN(ms) ? 'NaN' : new Date(ms).toISOString());

describe('time forms', () => {
  it.each([
    ['2026-01-05T10:00:00.123Z', '2026-01-05T10:00:00.123Z'],
    ['2026-01-05T10:00:00.123456+02:00', '2026-01-05T08:00:00.123Z'],
    ['2026-01-05 10:00:00-0530', '2026-01-05T15:30:00.000Z'],
    ['2020-09-03T14:54:59.123+00:00Z', '2020-09-03T14:54:59.123Z'],
    ['2026-01-05T10:00', '2026-01-05T10:00:00.000Z'],
    ['1436755482000', '2015-07-13T02:44:42.000Z'],
    ['1599144899', '2020-09-03T14:54:59.000Z'],
    ['1599144899.250', '2020-09-03T14:54:59.250Z'],
    ['Sep 03 14:54:59', '2022-09-03T14:54:59.000Z'],
    ['Sep 03 14:54:59.000 EST', '2022-09-03T19:54:59.000Z'],
    ['Sep 03 2020 14:54:59.5 UTC', '2020-09-03T14:54:59.500Z'],
    ['Jun 14 2010 10:25:35.000 UTC', '2010-06-14T10:25:35.000Z'],
    ['Fri Oct 21 11:10:02 2022', '2022-10-21T11:10:02.000Z'],
    ['Fri, 21 Oct 2022 11:10:02 +0200', '2022-10-21T09:10:02.000Z'],
    ['10/Oct/2022:13:55:36 -0700', '2022-10-10T20:55:36.000Z'],
    ['07/05/2022 11:50:04 PM', '2022-07-05T23:50:04.000Z'],
    ['2022/07/05 23:50:04', '2022-07-05T23:50:04.000Z'],
    ['2026-02-29T10:00:00Z', 'NaN'],
    ['2026-01-05T25:00:00Z', 'NaN'],
    ['$UTCTimeStartCEF', 'NaN'],
    ['epochlong', 'NaN'],
    ['', 'NaN'],
  ])('%s is %s', (text, expected) => expect(iso(parseAnyTime(text, context))).toBe(expected));

  it('reads CERT dates as wall-clock time of the zone', () => {
    expect(iso(parseUsDateTime('01/02/2010 07:21:06', 'UTC'))).toBe('2010-01-02T07:21:06.000Z');
    expect(iso(parseUsDateTime('07/02/2010 07:21:06', 'America/New_York'))).toBe('2010-07-02T11:21:06.000Z');
    expect(parseUsDateTime('/21/2011 11:43:39', 'UTC')).toBeNaN();
    expect(parseUsDateTime('13/21/2011 11:43:39', 'UTC')).toBeNaN();
  });

  it('takes wall-clock times around a change of clocks', () => {
    const wall = (text: string) => parseIsoTime(text, 'UTC');
    expect(iso(wallToUtcMs(wall('2026-03-29T01:59:00'), 'Europe/Berlin'))).toBe('2026-03-29T00:59:00.000Z');
    expect(iso(wallToUtcMs(wall('2026-03-29T03:00:00'), 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
    expect(iso(wallToUtcMs(wall('2026-10-25T03:00:00'), 'Europe/Berlin'))).toBe('2026-10-25T02:00:00.000Z');
    expect(iso(wallToUtcMs(wall('2026-07-01T12:00:00'), 'Asia/Kolkata'))).toBe('2026-07-01T06:30:00.000Z');
  });

  it('gives a time without a year the latest year that is not in the future', () => {
    const januaryContext = parseContext({ ...DEFAULT_INGEST_OPTIONS, latestMs: Date.UTC(2026, 0, 3) });
    expect(iso(parseAnyTime('Dec 31 23:00:00', januaryContext))).toBe('2025-12-31T23:00:00.000Z');
    expect(iso(parseAnyTime('Jan 02 23:00:00', januaryContext))).toBe('2026-01-02T23:00:00.000Z');
    expect(iso(parseAnyTime('Feb 29 23:00:00', januaryContext))).toBe('2024-02-29T23:00:00.000Z');
    expect(parseAnyTime('Jan 02 23:00:00', parseContext(DEFAULT_INGEST_OPTIONS))).toBeNaN();
  });
});

describe('Java date formats', () => {
  it.each([
    ["yyyy-MM-dd'T'HH:mm:ss.SSSZ", '2026-01-05T10:00:00.000+0100', '2026-01-05T09:00:00.000Z'],
    ['MMM dd yyyy HH:mm:ss', 'Sep 03 2020 14:54:59', '2020-09-03T14:54:59.000Z'],
    ['MMM dd yyyy HH:mm:ss.SSS z', 'Sep 03 2020 14:54:59.120 EST', '2020-09-03T19:54:59.120Z'],
    ['yyyyMMddHHmmss', '20200903145459', '2020-09-03T14:54:59.000Z'],
    ['dd/MM/yy hh:mm a', '03/09/20 02:54 PM', '2020-09-03T14:54:00.000Z'],
    ["EEE, d MMM yyyy HH:mm:ss 'GMT'", 'Thu, 3 Sep 2020 14:54:59 GMT', '2020-09-03T14:54:59.000Z'],
    ['MMM dd HH:mm:ss', 'Sep 03 14:54:59', '2022-09-03T14:54:59.000Z'],
    ['MMM dd yyyy HH:mm:ss', 'Sep 03 14:54:59', 'NaN'],
    ['QQQ', '1', 'NaN'],
  ])('%s reads %s', (format, text, expected) => expect(iso(parseJavaTime(text, format, context))).toBe(expected));

  it('cannot be made expensive by the format', () => {
    const started = performance.now();
    for (let i = 0; i < 200; i++) parseJavaTime(`${'1'.repeat(120)}x`, 'sSsSsSs'.repeat(9), context);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
