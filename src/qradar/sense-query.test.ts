import { describe, expect, it } from 'vitest';
import { composeSenseAql, createSenseSource, readSenseRow } from './sense-query.ts';

const LEEF = 'LEEF:2.0|IBM|Sense|4.1|UBA : Rule|x09|usrName=anna\tsenseValue=5\tcat=x';
const row = (more: object = {}) => ({
  payload: `<134>1 x ${LEEF}`,
  devicetime: 2000,
  starttime: 3000,
  domainid: 0,
  domain: 'Default Domain',
  ...more,
});

describe('rows of Sense events', () => {
  it('become events; the time is that of the event, then of the device, then of arrival', () => {
    expect(readSenseRow(row())).toMatchObject({
      domain: '',
      account: 'anna',
      timeMs: 2000,
      event: 'UBA : Rule',
      senseValue: 5,
      kind: 'rule',
    });
    expect(readSenseRow(row())).toMatchObject({ category: 'x' });
    const carets = row({ payload: 'LEEF:2.0|IBM|Sense|4.1|UBA : Rule|^|usrName=anna^senseValue=7' });
    expect(readSenseRow(carets)).toMatchObject({ account: 'anna', senseValue: 7 });
    const old = row({ payload: 'LEEF:1.0|IBM|Sense|4.1|UBA : Rule|usrName =anna\tcat=a|b' });
    expect(readSenseRow(old)).toMatchObject({ account: 'anna', category: 'a|b' });
    const timed = row({ payload: `${LEEF}\tstartTime=1700000000000` });
    expect(readSenseRow(timed)).toMatchObject({ timeMs: 1_700_000_000_000 });
    expect(readSenseRow(row({ devicetime: 0 }))).toMatchObject({ timeMs: 3000 });
    expect(readSenseRow(row({ domainid: 2, domain: 'Branch' }))).toMatchObject({ domain: 'Branch' });
    expect(readSenseRow(row({ domainid: 2, domain: null }))).toMatchObject({ domain: 'domain 2' });
  });

  it('are the same event by whatever relay and whenever they arrive, and another one at another time', () => {
    const { id } = readSenseRow(row())!;
    expect(readSenseRow(row({ payload: LEEF, starttime: 9000 }))!.id).toBe(id);
    expect(readSenseRow(row({ devicetime: 2001 }))!.id).not.toBe(id);
    expect(readSenseRow(row({ domainid: 2, domain: 'Branch' }))!.id).not.toBe(id);
  });

  it.each([
    [{}],
    [{ payload: null, starttime: 1 }],
    [row({ starttime: 'soon' })],
    [row({ starttime: -1 })],
    [row({ payload: 7 })],
    [row({ payload: 'LEEF:2.0|IBM|Sense|4.1|x|usrName=' })],
    [row({ payload: 'LEEF:2.0|IBM|Other|4.1|x|usrName=anna' })],
    [row({ payload: '\0'.repeat(100_000) })],
    [row({ domainid: {} })],
  ])('that are something else are left out', (bad) => {
    expect(readSenseRow(bad)).toBeUndefined();
  });

  it('are counted when they cannot be read, and said to be cut when the limit is met', async () => {
    const rows = [row(), row({ payload: 'x' })];
    const ariel = { searchAll: async () => ({ rows, summary: {} as never }) };
    const window = { fromMs: 0, toMs: 60_000 };
    expect(await createSenseSource(ariel, 3).readSense(window)).toMatchObject({ unreadable: 1, isCut: false });
    expect(await createSenseSource(ariel, 2).readSense(window)).toMatchObject({ isCut: true });
    expect(composeSenseAql(window)).toContain("LOGSOURCETYPENAME(devicetype) = 'IBM Sense'");
  });
});
