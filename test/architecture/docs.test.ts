import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/domain/errors.ts';
import { ROOT, readSource } from './read-imports.ts';

const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('pages', () => {
  it('link to files that exist', () => {
    const broken = pages.flatMap((page) =>
      [...readSource(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target]) => join(dirname(page), target!))
        .filter((target) => !existsSync(join(ROOT, target)))
        .map((target) => `${page} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('list every decision', () => {
    const index = readSource('docs/decisions/README.md');
    const decisions = pages.filter((page) => /^docs\/decisions\/\d{4}/.test(page));
    expect(decisions.filter((page) => !index.includes(page.slice('docs/decisions/'.length)))).toEqual([]);
  });

  it('state every error with its exit code', () => {
    const operations = readSource('docs/operations.md');
    const rows = [...operations.matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)].map(([, code, exit]) => [
      code,
      Number(exit),
    ]);
    expect(rows).toEqual(Object.entries(ERROR_CODES).map(([code, { exit }]) => [code, exit]));
  });

  it('name every runtime dependency in a decision', () => {
    const { dependencies } = JSON.parse(readSource('package.json')) as { dependencies: Record<string, string> };
    const page = readSource('docs/decisions/2026-11-24-runtime-dependencies.md');
    expect(Object.keys(dependencies).filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  });
});
