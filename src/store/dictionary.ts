import type { RecordsFile } from './open-records.ts';

/** Text behind tokens. */
export interface Dictionary {
  /** As first seen; `undefined` when it was erased or never existed. */
  text(token: bigint): string | undefined;
  /** Those that are known. */
  texts(tokens: Iterable<bigint>): Map<bigint, string>;
  count(): number;
}

export function createDictionary(file: RecordsFile): Dictionary {
  const find = file.prepare<[bigint], string>('SELECT text FROM dictionary WHERE token = ?').pluck();
  const count = file.prepare<[], number>('SELECT count(*) FROM dictionary').pluck();
  return {
    text: (token) => find.get(token),
    texts(tokens) {
      const found = new Map<bigint, string>();
      for (const token of tokens) {
        const text = find.get(token);
        if (text !== undefined) found.set(token, text);
      }
      return found;
    },
    count: () => count.get() ?? 0,
  };
}
