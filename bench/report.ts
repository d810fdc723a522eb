import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { ROOT } from './paths.ts';

/** `docs/benchmarks.md`: one section a benchmark, each rewritten between its markers by the run that measured it. */

const PREAMBLE = `# Benchmarks

Written by \`npm run bench\`; \`npm run bench -- --help\` lists the sections. A run rewrites only its own sections, each of which
says what it was run on. Where a figure has a goal, the line *asked* says what was asked for and whether it was met.
Seconds depend on the machine and on what else runs on it; shares and ratios come from one process in one run.
`;

/** Puts the body between the markers of the section; sections stand in the order given. */
export function replaceSection(page: string, name: string, body: string, order: readonly string[]): string {
  const sections = new Map<string, string>();
  for (const [, found, text] of page.matchAll(/<!-- section:(\w+) -->\n([\s\S]*?)<!-- \/section -->/g))
    sections.set(found!, text!);
  sections.set(name, `${body.trim()}\n`);
  const parts = order.flatMap((key) =>
    sections.has(key) ? [`<!-- section:${key} -->\n${sections.get(key)}<!-- /section -->\n`] : [],
  );
  return [PREAMBLE, ...parts].join('\n');
}

export function formatTable(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const align = titles.map((_, column) =>
    rows.every((row) => /^[\d.,<>x %~-]*$/.test(String(row[column]))) ? '---:' : '---',
  );
  return [titles, align, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export const fixed = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : 'never');
export const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');
export const megabytes = (bytes: number): string => `${thousands(bytes / 1e6)} MB`;

/** `*asked: ... ; measured ...: met / NOT met*`. */
export const verdict = (asked: string, measured: string, met: boolean): string =>
  `*Asked:* ${asked}. *Measured:* ${measured}: ${met ? 'met' : '**not met**'}.`;

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

/** Commit with `+changes` when code differs from it, processor, memory, runtime. */
export function describeRun(date: string): string {
  const commit = git('rev-parse', '--short=10', 'HEAD') || 'unknown';
  const changed = git('status', '--porcelain', '--', 'src', 'simulator', 'bench', 'package-lock.json') !== '';
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return (
    `${date}, commit ${commit}${changed ? '+changes' : ''}, Node ${process.versions.node}, ${cpus().length} x ${processor}, ` +
    `${Math.round(totalmem() / 2 ** 30)} GiB memory.`
  );
}
