import type { FileCategory, Sensitivity } from '../../src/domain/activity.ts';
import type { Random } from '../../src/numeric/random.ts';
import { logNormal, pick } from './draw.ts';
import type { FileEntry, FolderTree } from './types.ts';
import { FOLDER_WORDS, TOPIC_WORDS } from './words.ts';

const CATEGORY_OF: Record<string, FileCategory> = {
  docx: 'document', pdf: 'document', pptx: 'document', md: 'document', txt: 'document', msg: 'mail_store', pst: 'mail_store',
  xlsx: 'spreadsheet', csv: 'spreadsheet', ts: 'source_code', py: 'source_code', java: 'source_code', sql: 'source_code',
  json: 'source_code', yaml: 'source_code', ipynb: 'source_code', ps1: 'script', sh: 'script', zip: 'archive', '7z': 'archive',
  rar: 'archive', exe: 'executable', msi: 'executable', png: 'image', jpg: 'image', psd: 'image', indd: 'image', mp4: 'media',
  parquet: 'database', mdb: 'database', kdbx: 'credential', pem: 'credential', tmp: 'temporary',
}; // biome-ignore format: a table reads best dense

export const fileCategoryOf = (name: string): FileCategory =>
  CATEGORY_OF[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'other';

const SENSITIVE_NAME = /payroll|contract|patent|claim|pricing|salary|audit|dataset|agreement/;

export interface TreePlan {
  root: string;
  host: string;
  address: string;
  separator: '\\' | '/';
  count: number;
  extensions: readonly string[];
  sensitivity: Sensitivity;
}

export function buildTree(random: Random, plan: TreePlan): FolderTree {
  const files: FileEntry[] = [];
  for (let i = 0; i < plan.count; i++) {
    const extension = pick(random, plan.extensions);
    const topic = pick(random, TOPIC_WORDS);
    const name = `${topic}-${pick(random, TOPIC_WORDS)}-${random.int(90) + 10}.${extension}`;
    const base = plan.sensitivity;
    const named = SENSITIVE_NAME.test(name) && base > 0 ? base + 1 : base;
    files.push({
      path: `${plan.root}${plan.separator}${pick(random, FOLDER_WORDS)}${plan.separator}${name}`,
      name,
      category: fileCategoryOf(name),
      sensitivity: Math.min(3, named) as Sensitivity,
      sizeBytes: Math.round(logNormal(random, 90_000, 1.3)),
    });
  }
  return { root: plan.root, host: plan.host, address: plan.address, files };
}

/** Zipf-like over files, with the busy part wandering through the tree as days pass. */
export function pickFile(random: Random, tree: FolderTree, day: number, offset = 0): FileEntry {
  const n = tree.files.length;
  const rank = Math.floor(n * random.next() ** 2.2);
  return tree.files[(rank + offset + Math.floor(day * 1.3)) % n]!;
}
