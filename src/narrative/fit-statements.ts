/** One statement of a note. */
export interface Statement {
  /** Lower is more important; 0 must not be left out. */
  priority: number;
  text: string;
}

export interface Room {
  characters: number;
  /** Of the text in an address. */
  encodedBytes: number;
}

const fits = (text: string, room: Room): boolean =>
  text.length <= room.characters && encodeURIComponent(text.toWellFormed()).length <= room.encodedBytes;

const leftOut = (n: number): string =>
  n === 1 ? 'One statement is left out for length.' : `${n} statements are left out for length.`;

/**
 * As many statements as there is room for, each whole, the most important first, in the order given, one a line; the last
 * but one line says how many are left out. Statements of priority 0 must fit together.
 */
export function fitStatements(statements: readonly Statement[], room: Room): string {
  const join = (chosen: ReadonlySet<number>): string => {
    const missing = statements.length - chosen.size;
    const lines = statements.filter((_, index) => chosen.has(index)).map(({ text }) => text);
    if (missing > 0) lines.splice(Math.max(0, lines.length - 1), 0, leftOut(missing));
    return lines.join('\n');
  };
  const all = new Set(statements.keys());
  if (fits(join(all), room)) return join(all);
  const chosen = new Set<number>();
  const byImportance = [...statements.keys()].sort(
    (a, b) => statements[a]!.priority - statements[b]!.priority || a - b,
  );
  for (const index of byImportance) {
    chosen.add(index);
    if (statements[index]!.priority > 0 && !fits(join(chosen), room)) chosen.delete(index);
  }
  return join(chosen);
}
