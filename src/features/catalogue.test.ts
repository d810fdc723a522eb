import { describe, expect, it } from 'vitest';
import { FEATURE_FAMILIES } from '../domain/features.ts';
import { FEATURES } from './catalogue.ts';
import { compileEvidence, compileScan, compileTouches, scanFeatures, touchFeatures } from './compile-duckdb.ts';

describe('the feature catalogue', () => {
  it('names every feature once, as a plain column name', () => {
    const names = FEATURES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z_]{2,40}$/);
    expect(names.length).toBeGreaterThanOrEqual(45);
  });

  it('has features in every family, with wording and a smallest figure', () => {
    for (const family of FEATURE_FAMILIES) expect(FEATURES.some((feature) => feature.family === family)).toBe(true);
    for (const { wording, minimum, blindSpot } of FEATURES) {
      expect(wording.length).toBeGreaterThan(3);
      expect(minimum).toBeGreaterThan(0);
      expect(blindSpot).not.toBe('');
    }
  });

  it('computes each feature in exactly one way', () => {
    const rhythm = FEATURES.filter(({ aggregate }) => aggregate.kind === 'rhythm').length;
    expect(scanFeatures().length + touchFeatures().length + rhythm).toBe(FEATURES.length);
  });

  it('compiles every feature to an evidence query', () => {
    const days = { table: 'days', first: 20_458, last: 20_460 };
    for (const feature of FEATURES)
      expect(compileEvidence(feature, { ...days, table: 'pairs' }, false, 5)).toContain('JOIN pairs');
    expect(compileScan(days, true)).toContain('zone_day');
    expect(compileTouches(days, false)).not.toContain('zone_day');
  });
});
