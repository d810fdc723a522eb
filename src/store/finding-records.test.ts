import { expect, it } from 'vitest';
import { openTestStore, withFolder } from '../../test/store-folder.ts';
import type { Anomaly } from '../domain/findings.ts';

const anomaly = (id: string, day: string, score: number): Anomaly => ({
  id,
  day,
  person: 'p-1',
  score,
  alert: score >= 50,
  recurrence: 1,
  deviations: [
    {
      feature: 'file_reads',
      value: 3,
      selfMedian: Number.NaN,
      peerMedian: 2,
      peers: 9,
      ratio: 1.5,
      tail: 0.1,
      share: 1,
      text: 'x',
    },
  ],
  evidence: [],
  text: 'x',
});

it('keeps findings once, brings them up to date, and reads them by person and window', () =>
  withFolder(async (folder) => {
    const store = await openTestStore(folder);
    try {
      const all = [anomaly('a', '2026-01-05', 20), anomaly('b', '2026-01-07', 80), anomaly('c', '2026-02-01', 60)];
      expect(await store.findings.saveAnomalies(all, 1)).toBe(3);
      expect(await store.findings.saveAnomalies(all, 2)).toBe(0);
      expect(await store.findings.saveAnomalies([{ ...all[0]!, score: 51, alert: true }], 3)).toBe(1);
      const found = await store.findings.anomaliesOf('p-1', '2026-01-01', '2026-01-31');
      expect(found).toEqual([{ ...all[0]!, score: 51, alert: true }, all[1]]);
      expect((await store.findings.highest('2026-01-06', 1)).map(({ id }) => id)).toEqual(['b']);
      expect(await store.findings.anomaliesOf('p-2', '2026-01-01', '2026-01-31')).toEqual([]);
    } finally {
      await store.close();
    }
  }));
