import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatCoverage } from '../../simulator/qradar/coverage.ts';
import { ENDPOINTS } from '../../simulator/qradar/endpoints/index.ts';

const page = join(import.meta.dirname, '../../docs/qradar-coverage.md');

describe('coverage of the simulator', () => {
  it('is the page in docs', () => {
    if (process.env.UNDERCURRENT_WRITE_COVERAGE) writeFileSync(page, formatCoverage());
    expect(readFileSync(page, 'utf8')).toBe(formatCoverage());
  });

  it('declares no endpoint twice and documents every error', () => {
    const keys = ENDPOINTS.map((one) => `${one.method} ${one.path}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { errors } of ENDPOINTS) for (const { description } of errors) expect(description).toMatch(/\w.*\.$/);
  });
});
