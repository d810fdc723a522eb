import { escapeText, textWidth } from './escape-text.ts';

export interface Column {
  title: string;
  /** Numbers stand to the right. */
  align?: 'left' | 'right';
  /** Longer cells are cut with an ellipsis. */
  maxWidth?: number;
}

/**
 * Rows of untrusted text as aligned lines, each ending in a line break. Cells are escaped for the terminal (`escapeText`)
 * and cut; a missing value is `-`.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column, i) => formatCell(row[i], column.maxWidth ?? 60))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => textWidth(row[i]!))));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, i) => pad(cell, widths[i]!, columns[i]!.align))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function formatCell(value: string | number | undefined, maxWidth: number): string {
  if (value === undefined || value === '' || Number.isNaN(value)) return '-';
  return cutToWidth(escapeText(String(value)), maxWidth);
}

function cutToWidth(text: string, maxWidth: number): string {
  if (textWidth(text) <= maxWidth) return text;
  let cut = '';
  let width = 0;
  for (const char of text) {
    width += textWidth(char);
    if (width > maxWidth - 1) break;
    cut += char;
  }
  return `${cut}…`;
}

function pad(cell: string, width: number, align: Column['align'] = 'left'): string {
  const space = ' '.repeat(width - textWidth(cell));
  return align === 'right' ? space + cell : cell + space;
}
