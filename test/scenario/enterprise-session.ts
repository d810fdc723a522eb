import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { generateEnterprise } from '../../simulator/enterprise/generate.ts';
import type { EnterpriseOptions, TruthEpisode } from '../../simulator/enterprise/types.ts';
import { writeEnterprise } from '../../simulator/enterprise/write-enterprise.ts';
import { openStore } from '../../src/adapters.ts';
import { registerAnalyze } from '../../src/cli/analyze.ts';
import { registerAudit } from '../../src/cli/audit.ts';
import { registerImport } from '../../src/cli/import.ts';
import { type CommandEntry, runProgram } from '../../src/cli/program.ts';
import { registerShow } from '../../src/cli/show.ts';
import { createTestContext } from '../cli-context.ts';

const COMMANDS: CommandEntry[] = [
  { name: 'import', summary: '', load: async () => registerImport },
  { name: 'analyze', summary: '', load: async () => registerAnalyze },
  { name: 'show', summary: '', load: async () => registerShow },
  { name: 'audit', summary: '', load: async () => registerAudit },
];

/** For scenario tests: runs commands as a user would, in this process. */
export async function run(...args: string[]) {
  const context = createTestContext({ openStore, now: () => Date.UTC(2026, 2, 1) });
  const code = await runProgram(args, context, { version: '0', commands: COMMANDS });
  return { code, out: context.printed(), err: context.complained() };
}

// biome-ignore lint/suspicious/noExplicitAny: the fields of the lines are what the tests look at
export type Line = Record<string, any>;
export const linesOf = (out: string): Line[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

export interface WrittenCompany {
  data: string;
  episodes: TruthEpisode[];
  /** Every account, mail address and computer of the company's people. */
  names: string[];
  loginOf(account: string): string | undefined;
}

/** Writes the logs of a company and imports them into a data directory of its own. */
export async function importCompany(folder: string, options: EnterpriseOptions): Promise<WrittenCompany> {
  const enterprise = generateEnterprise(options);
  const logs = join(folder, 'logs');
  const data = join(folder, 'data');
  if (existsSync(data)) throw new Error(`${data} exists`);
  writeEnterprise(enterprise, { format: 'jsonl', out: logs });
  const imported = await run('import', logs, '--data', data, '--json');
  if (imported.code !== 0) throw new Error(imported.err);
  const logins = new Map<string, string>();
  const names = new Set<string>();
  for (const fact of enterprise.truth.facts) {
    if (fact.type !== 'person') continue;
    names.add(String(fact.device));
    for (const account of fact.accounts as string[]) {
      names.add(account);
      logins.set(account.toLowerCase(), String(fact.person));
    }
  }
  for (const person of enterprise.company.people) names.add(person.name);
  return {
    data,
    episodes: enterprise.truth.episodes,
    names: [...names],
    loginOf: (account) => logins.get(account.toLowerCase()),
  };
}
