import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeActivity } from '../domain/activity.ts';
import { IdSet } from './id-set.ts';
import { createKeyedHash } from './keyed-hash.ts';
import { REPEAT_WINDOW, RecordIds } from './record-ids.ts';
import { copyText, TwoGenerationMap } from './two-generation-map.ts';

describe('TwoGenerationMap', () => {
  it('keeps what is asked for, forgets the rest, and stays within twice its size', () => {
    const map = new TwoGenerationMap<number>(10, 1_000_000);
    map.set('kept', 1);
    for (let i = 0; i < 1000; i++) {
      map.set(`other ${i}`, i);
      expect(map.get('kept')).toBe(1);
    }
    const found = Array.from({ length: 1000 }, (_, i) => map.get(`other ${i}`)).filter((value) => value !== undefined);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(20);
    map.clear();
    expect(map.get('kept')).toBeUndefined();
  });

  it('does not keep very long keys', () => {
    const map = new TwoGenerationMap<number>();
    map.set('x'.repeat(5000), 1);
    expect(map.get('x'.repeat(5000))).toBeUndefined();
  });

  it('copies text exactly', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => copyText(text) === text));
    expect(copyText(`${'long enough to copy'} \ud800`)).toBe('long enough to copy \ud800');
  });
});

describe('IdSet', () => {
  it('tells what was added, also when low words clash', () => {
    const set = new IdSet(1000);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 1000; i++) expect(set.add(i % 3, i)).toBe(true);
      for (let i = 0; i < 1000; i++) expect(set.add(i % 3, i)).toBe(false);
      set.clear();
    }
  });
});

describe('keyed hashes', () => {
  it('equal HMAC-SHA256 for any length', () => {
    const key = randomBytes(32);
    const keyed = createKeyedHash(key);
    for (const length of [0, 1, 63, 64, 65, 1000, 21_822, 21_825, 100_000]) {
      const text = 'ä€'.repeat(length).slice(0, length);
      expect(keyed(text).equals(createHmac('sha256', key).update(text).digest())).toBe(true);
    }
  });

  it('number equal lines within the window only, and anew in every file', () => {
    const ids = new RecordIds(randomBytes(32));
    const idOf = (raw: string) => {
      ids.ofActivity(makeActivity({}), raw);
      return ids.id.join(' ');
    };
    const [first, second] = [idOf('a'), idOf('a')];
    expect(second).not.toBe(first);
    ids.startFile();
    expect([idOf('a'), idOf('a')]).toEqual([first, second]);
    for (let i = 0; i < REPEAT_WINDOW; i++) idOf(`line ${i}`);
    expect(idOf('a')).toBe(first);
  });
});
