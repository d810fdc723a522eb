import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { messageOf } from '../domain/errors.ts';
import { ConfigSchema, type Settings } from './schema.ts';
import { SECRET_NAME } from './secrets.ts';
import { suggestKey } from './suggest-key.ts';
import { listSettings } from './walk-schema.ts';

/** One thing wrong with a configuration. `value` is shortened and never a secret. */
export interface ConfigProblem {
  /** Dotted key, `''` when it is about the file as a whole. */
  key: string;
  value: string;
  accepted: string;
  /** There is no such key. */
  unknown?: true;
  line?: number;
  column?: number;
}

export type SettingsResult = { ok: true; settings: Settings } | { ok: false; problems: ConfigProblem[] };

/** Largest configuration file that is read. */
export const MAX_CONFIG_BYTES = 1_048_576;

/** YAML text to checked settings with defaults, or every problem in it. Never throws. */
export function readSettings(yamlText: string): SettingsResult {
  if (yamlText.length > MAX_CONFIG_BYTES)
    return { ok: false, problems: [{ key: '', value: '', accepted: `a file of at most ${MAX_CONFIG_BYTES} bytes` }] };
  const lines = new LineCounter();
  const document = parseDocument(yamlText, { lineCounter: lines, prettyErrors: true });
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    return {
      ok: false,
      problems: syntax.map((error) => ({
        key: '',
        value: '',
        accepted: `valid YAML (${error.message.split(/ at line |\n/)[0]})`,
        line: error.linePos?.[0].line ?? 1,
        column: error.linePos?.[0].col ?? 1,
      })),
    };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 20 }) ?? {};
  } catch (error) {
    return { ok: false, problems: [{ key: '', value: '', accepted: `valid YAML (${messageOf(error)})` }] };
  }
  const result = ConfigSchema.safeParse(dropEmptySections(content));
  if (result.success) return { ok: true, settings: result.data };
  return {
    ok: false,
    problems: result.error.issues
      .flatMap((issue) =>
        describeIssue(issue, content).map((problem) => ({ ...problem, ...positionOf(document, lines, problem.path) })),
      )
      .map(({ path: _, ...problem }) => problem),
  };
}

/** `time:` with every setting below it commented out is YAML null; it means "all defaults". */
function dropEmptySections(content: unknown): unknown {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return content;
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null));
}

type Path = readonly PropertyKey[];

function describeIssue(issue: z.core.$ZodIssue, content: unknown): (ConfigProblem & { path: Path })[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => {
      const path = [...issue.path, name];
      const key = formatKey(path);
      return {
        path,
        key,
        value: showValue(key, valueAt(content, path)),
        accepted: acceptedInstead(key, issue.path),
        unknown: true as const,
      };
    });
  }
  const key = formatKey(issue.path);
  return [{ path: issue.path, key, value: showValue(key, valueAt(content, issue.path)), accepted: issue.message }];
}

function acceptedInstead(key: string, parent: Path): string {
  if (SECRET_NAME.test(key.slice(key.lastIndexOf('.') + 1)))
    return 'no secret in this file; use an environment variable (see `undercurrent config example`)';
  const settings = listSettings();
  const sections = [...new Set(settings.map((setting) => setting.section))];
  const known = parent.length === 0 ? [...sections, ...settings.map((s) => s.key)] : settings.map((s) => s.key);
  const suggestion = suggestKey(key, known);
  if (suggestion) return suggestion;
  const here = parent.length === 0 ? sections : settings.filter((s) => s.section === parent[0]).map((s) => s.name);
  return here.length > 0 ? `one of ${here.join(', ')}` : 'no key here';
}

const formatKey = (path: Path): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );

function valueAt(content: unknown, path: Path): unknown {
  let value = content;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** A value as JSON, shortened; hidden where the key sounds like a secret, or the text carries a user and password. */
function showValue(key: string, value: unknown): string {
  if (value === undefined) return '';
  if (SECRET_NAME.test(key.slice(key.lastIndexOf('.') + 1))) return '(hidden)';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '(a list)' : '(a group)';
  const text = JSON.stringify(value).replace(/(:\/\/)[^/@"]*@/, '$1(hidden)@');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function positionOf(document: Document, lines: LineCounter, path: Path): { line?: number; column?: number } {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return { line, column: col };
    }
  }
  return {};
}
