/** Edit distance (insert, delete, replace, swap of neighbours), O(a x b). */
function distance(a: string, b: string): number {
  let [before, previous] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length]!;
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/**
 * The known key closest to an unknown one, `undefined` when none is close. A key of the same section wins over the same
 * name elsewhere. Keys are dotted (`storage.keyFile`).
 */
export function suggestKey(unknown: string, known: readonly string[]): string | undefined {
  if (unknown.length > 200) return undefined;
  const lastOf = (key: string) => plain(key.slice(key.lastIndexOf('.') + 1));
  const parentOf = (key: string) => key.slice(0, key.lastIndexOf('.') + 1);
  const name = lastOf(unknown);
  let best: string | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const key of known) {
    const edits = distance(name, lastOf(key));
    if (edits > Math.max(1, Math.floor(name.length / 3))) continue;
    const cost = edits + (parentOf(key) === parentOf(unknown) ? 0 : 0.5);
    if (cost < bestCost) [best, bestCost] = [key, cost];
  }
  return best;
}
