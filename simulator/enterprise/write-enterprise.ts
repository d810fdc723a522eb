import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Activity } from '../../src/domain/activity.ts';
import type { Enterprise } from './generate.ts';
import { type CertRelease, openCertFolder } from './writers/cert.ts';
import { formatAliases, formatPsychometric, writeDirectory } from './writers/directory-files.ts';
import { formatJson } from './writers/jsonl.ts';
import { formatLeef } from './writers/leef.ts';
import { openOutput } from './writers/open-output.ts';

export const OUTPUT_FORMATS = ['jsonl', 'leef', 'cert'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface WriteOptions {
  format: OutputFormat;
  out: string;
  truth?: string;
  aliases?: string;
  gzip?: boolean;
  certRelease?: CertRelease;
  onDay?: (day: string, activities: number) => void;
}

interface ActivityFile {
  /** Whether the format can carry the activity. */
  write(activity: Activity): boolean;
  close(): number;
}

function openActivities(enterprise: Enterprise, options: WriteOptions): ActivityFile {
  const gzip = options.gzip ?? false;
  if (options.format === 'cert')
    return openCertFolder(options.out, enterprise.company, options.certRelease ?? '6.2', gzip);
  const format = options.format === 'leef' ? formatLeef : formatJson;
  const output = openOutput(
    join(options.out, options.format === 'leef' ? 'activities.leef' : 'activities.jsonl'),
    gzip,
  );
  return {
    write(activity) {
      output.append(format(activity));
      return true;
    },
    close: () => output.close(),
  };
}

/** Writes activities and directory under `out`, ground truth only to its own file. */
export function writeEnterprise(
  enterprise: Enterprise,
  options: WriteOptions,
): { activities: number; written: number; bytes: number } {
  const { company, directory } = enterprise;
  mkdirSync(options.out, { recursive: true });
  const file = openActivities(enterprise, options);
  const total = { activities: 0, written: 0, bytes: 0 };
  for (const { day, activities } of enterprise.days()) {
    for (const activity of activities) if (file.write(activity)) total.written++;
    total.activities += activities.length;
    options.onDay?.(day, total.activities);
  }
  total.bytes = file.close();
  const cert = options.format === 'cert';
  writeDirectory(options.out, company, directory, {
    plainIds: cert,
    projects: !cert || options.certRelease !== '4.2',
    timeZone: !cert && company.sites.some((s) => s.zone !== 'UTC'),
  });
  if (cert) writeFileSync(join(options.out, 'psychometric.csv'), formatPsychometric(company));
  if (options.aliases) writeApart(options.aliases, formatAliases(directory));
  if (options.truth) writeApart(options.truth, `${enterprise.truth.lines().join('\n')}\n`);
  return total;
}

function writeApart(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
