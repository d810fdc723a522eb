import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Import {
  /** Importing file, relative to the repository. */
  from: string;
  /** Imported file relative to the repository, or the name of a package (`node:fs`, `kysely`, `@duckdb/node-api`). */
  to: string;
  isPackage: boolean;
  /** Erased at build: no code is loaded. */
  isTypeOnly: boolean;
}

const STATEMENT = /^[ \t]*(?:import|export)\s+(type\s+)?([^'";()]*?)\bfrom\s*'([^']+)'/gm;
const SIDE_EFFECT = /^[ \t]*import\s*'([^']+)'/gm;
const DYNAMIC = /(typeof\s+)?\bimport\(\s*(?:new URL\(\s*)?'([^']+)'/g;

/** Every import of a TypeScript source text. */
export function parseImports(text: string, from: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: string, isTypeOnly: boolean) => {
    const isPackage = !specifier.startsWith('.');
    const to = isPackage ? packageName(specifier) : posix.join(posix.dirname(from), specifier);
    found.push({ from, to, isPackage, isTypeOnly });
  };
  for (const [, type, names, specifier] of text.matchAll(STATEMENT)) add(specifier!, !!type || isAllTypes(names!));
  for (const [, specifier] of text.matchAll(SIDE_EFFECT)) add(specifier!, false);
  for (const [, type, specifier] of text.matchAll(DYNAMIC)) add(specifier!, !!type);
  return found;
}

/** `{ type A, type B }` loads nothing. */
function isAllTypes(names: string): boolean {
  const inner = /^\{([^}]*)\}\s*$/.exec(names.trim())?.[1] ?? '';
  const parts = inner.split(',').flatMap((part) => part.trim() || []);
  return parts.length > 0 && parts.every((part) => part.startsWith('type '));
}

const packageName = (specifier: string): string =>
  specifier.startsWith('node:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');

/** Paths of the product's sources below a folder, tests left out, relative to the repository. */
export function listSources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

export const readSource = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
