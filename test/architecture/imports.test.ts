import { describe, expect, it } from 'vitest';
import { findFault, PACKAGES } from './import-rules.ts';
import { listSources, parseImports, readSource } from './read-imports.ts';

const sources = [...listSources('src'), ...listSources('simulator')];
const imports = sources.flatMap((path) => parseImports(readSource(path), path));

describe('imports point one way', () => {
  it('breaks no rule', () => {
    expect(imports.length).toBeGreaterThan(50);
    const faults = imports.flatMap((one) => {
      const fault = findFault(one);
      return fault ? [`${one.from} -> ${one.to}: ${fault}`] : [];
    });
    expect(faults).toEqual([]);
  });

  it('imports only packages that are dependencies', () => {
    const { dependencies } = JSON.parse(readSource('package.json')) as { dependencies: Record<string, string> };
    expect(Object.keys(PACKAGES).filter((name) => !(name in dependencies))).toEqual([]);
  });
});

describe('logic is repeatable', () => {
  it('takes randomness from a seed and time from a clock', () => {
    // No clock can be handed to a thread.
    const clocks = ['src/cli/create-context.ts', 'src/syslog/receiver-thread.ts'];
    const faults = sources.filter((path) => {
      const code = readSource(path).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      return (
        /\bMath\.random\b/.test(code) ||
        (!clocks.includes(path) && path.startsWith('src/') && /\bDate\.now\b|\bnew Date\(\)/.test(code))
      );
    });
    expect(faults).toEqual([]);
  });
});

describe('the rules themselves', () => {
  const fault = (text: string, from: string) => parseImports(text, from).map(findFault);

  it.each([
    ["import { a } from '../store/open.ts';", 'src/detect/x.ts'],
    ["import { a } from '../peers/a.ts';", 'src/detect/x.ts'],
    ["import type { A } from '../peers/a.ts';", 'src/detect/x.ts'],
    ["import { a } from '../store/open.ts';", 'src/cli/x.ts'],
    ["const { a } = await import('../store/open.ts');", 'src/cli/x.ts'],
    ["import { run } from '../cli/program.ts';", 'src/pipeline/x.ts'],
    ["import { a } from '../../simulator/enterprise/types.ts';", 'src/ingest/x.ts'],
    ["import { DuckDBInstance } from '@duckdb/node-api';", 'src/features/x.ts'],
    ["import type { Database } from 'better-sqlite3-multiple-ciphers';", 'src/governance/x.ts'],
    ["import lodash from 'lodash/fp';", 'src/domain/x.ts'],
    ["export * from '../detect/forest.ts';", 'src/domain/x.ts'],
    ["import { parse } from '../detect/x.ts';", 'src/store/x.ts'],
    ["import { a } from '../../src/ingest/x.ts';", 'simulator/enterprise/x.ts'],
  ])('refuses %s in %s', (text, from) => {
    expect(fault(text, from)).toEqual([expect.any(String)]);
  });

  it.each([
    ["import type { openDataStore } from '../store/open.ts';", 'src/cli/x.ts'],
    ["import {\n  type A,\n  type B,\n} from '../detect/ports.ts';", 'src/store/x.ts'],
    ["import { readFileSync } from 'node:fs';", 'src/ingest/x.ts'],
    ["import { Kysely } from 'kysely';", 'src/store/x.ts'],
    ["(await import('./adapters.ts')).openStore", 'src/main.ts'],
    ["import { a } from '../../src/numeric/random.ts';", 'simulator/enterprise/x.ts'],
  ])('allows %s in %s', (text, from) => {
    expect(fault(text, from)).toEqual([undefined]);
  });
});
