import { describe, expect, it } from 'vitest';
import { FEATURE_FAMILIES } from '../domain/features.ts';
import { createRandom } from '../numeric/random.ts';
import { combineFamilies, correlateFamilies, FAMILY_WEIGHTS } from './combine-families.ts';

const families = FEATURE_FAMILIES.length;
const at = (name: (typeof FEATURE_FAMILIES)[number]) => FEATURE_FAMILIES.indexOf(name);

describe('correlateFamilies', () => {
  it('is 1 for a family with itself, high for a copy, about 0 for an independent one, never negative', () => {
    const random = createRandom(1);
    const rows = 2000;
    const surprise = new Float64Array(rows * families);
    for (let row = 0; row < rows; row++) {
      const shared = random.next();
      surprise[row * families + at('breadth')] = shared;
      surprise[row * families + at('novelty')] = shared + 0.01 * random.next();
      surprise[row * families + at('mail')] = random.next();
      surprise[row * families + at('web')] = 1 - shared;
    }
    const correlation = correlateFamilies(surprise, rows);
    expect(correlation[at('breadth') * families + at('breadth')]).toBeCloseTo(1, 6);
    expect(correlation[at('breadth') * families + at('novelty')]).toBeGreaterThan(0.95);
    expect(correlation[at('breadth') * families + at('mail')]).toBeLessThan(0.1);
    expect(correlation[at('breadth') * families + at('web')]).toBe(0);
    expect(correlation[at('cloud') * families + at('cloud')]).toBe(0);
  });
});

describe('combineFamilies', () => {
  const day = new Float64Array(families);
  day[at('removable')] = 8;
  day[at('cloud')] = 6;
  const parts = new Float64Array(families);

  it('adds independent families, the weaker one at its place', () => {
    const total = combineFamilies(day, new Float64Array(families * families), parts);
    expect(total).toBeCloseTo(7 * FAMILY_WEIGHTS.removable + 5 * FAMILY_WEIGHTS.cloud * 0.85, 10);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(total, 10);
  });

  it('counts what two families share once', () => {
    const correlation = new Float64Array(families * families);
    correlation[at('cloud') * families + at('removable')] = 0.8;
    expect(combineFamilies(day, correlation, parts)).toBeCloseTo(7, 10);
    expect(parts[at('cloud')]).toBe(0);
  });

  it('finds nothing in an ordinary day', () => {
    expect(combineFamilies(new Float64Array(families).fill(1), new Float64Array(families * families), parts)).toBe(0);
  });
});
