import { stringify } from 'yaml';
import { PATH_VARIABLES, SECRET_VARIABLES } from './load-config.ts';
import { listSettings, type Setting } from './walk-schema.ts';

const HEADER = `Undercurrent configuration. Every setting stands here with its default; delete what you do not change.
Relative paths are relative to the folder of this file. Check it with: undercurrent config check --config FILE

No secret stands in this file. They come from environment variables:`;

/** A commented YAML file made from the schema. Reading it gives exactly the defaults. */
export function formatExample(): string {
  const lines = HEADER.split('\n').map(comment);
  for (const [name, text] of Object.entries(SECRET_VARIABLES))
    lines.push(comment(`  ${name} or ${name}_FILE (a file that holds it): ${text}`));
  for (const [name, text] of Object.entries(PATH_VARIABLES)) lines.push(comment(`  ${name}: ${text}`));
  let section = '';
  for (const setting of listSettings()) {
    if (setting.section !== section) lines.push('', `${setting.section}:`);
    section = setting.section;
    lines.push(...formatSetting(setting));
  }
  return `${lines.join('\n')}\n`;
}

function formatSetting(setting: Setting): string[] {
  const lines = wrap(setting.description, 100);
  lines.push(...wrap(`Accepted: ${setting.accepted}.`, 100));
  if (setting.example !== undefined) lines.push(`Example: ${inline({ [setting.name]: setting.example })}`);
  return [...lines.map(comment), inline({ [setting.name]: setting.default })].map((line) => `  ${line}`);
}

const comment = (text: string) => `# ${text}`.trimEnd();

/** `name: value` on one line. */
const inline = (value: Record<string, unknown>) =>
  Object.entries(value)
    .map(([name, item]) => `${name}: ${stringify(item, { collectionStyle: 'flow', lineWidth: 0 }).trim()}`)
    .join('');

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
