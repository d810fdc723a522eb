import { takeRows } from '../numeric/cluster-metrics.ts';
import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import type { BehaviourWindow, PeerInput, SparseRows } from './ports.ts';

/** Rows in the order of their pseudonyms (UTF-16 code units): whatever order people come in, sums and draws are the same. */
export function canonicalOrder(people: readonly string[]): Int32Array {
  const order = Int32Array.from(people, (_, i) => i);
  return order.sort((i, j) => (people[i]! < people[j]! ? -1 : people[i]! > people[j]! ? 1 : i - j));
}

export function takeSparseRows(sparse: SparseRows, rows: Int32Array): SparseRows {
  const offsets = new Int32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++)
    offsets[i + 1] = offsets[i]! + sparse.offsets[rows[i]! + 1]! - sparse.offsets[rows[i]!]!;
  const indices = new Int32Array(offsets[rows.length]!);
  const counts = new Float32Array(indices.length);
  for (let i = 0; i < rows.length; i++) {
    const [from, to] = [sparse.offsets[rows[i]!]!, sparse.offsets[rows[i]! + 1]!];
    indices.set(sparse.indices.subarray(from, to), offsets[i]!);
    counts.set(sparse.counts.subarray(from, to), offsets[i]!);
  }
  return { columns: sparse.columns, offsets, indices, counts };
}

function takeWindow(window: BehaviourWindow, rows: Int32Array): BehaviourWindow {
  return {
    volumes: takeRows(window.volumes, rows),
    rhythm: takeRows(window.rhythm, rows),
    resources: takeSparseRows(window.resources, rows),
    ...(window.transitions ? { transitions: takeRows(window.transitions, rows) } : {}),
  };
}

/** The input with its rows in the given order. */
export function reorderInput(input: PeerInput, order: Int32Array): PeerInput {
  const place = invert(order);
  const { attributes, attributeChanges, recent } = input;
  return {
    ...input,
    ...takeWindow(input, order),
    people: Array.from(order, (row) => input.people[row]!),
    activeDays: Float64Array.from(order, (row) => input.activeDays[row]!),
    ...(recent ? { recent: takeWindow(recent, order) } : {}),
    ...(attributes ? { attributes: Array.from(order, (row) => attributes[row]) } : {}),
    ...(attributeChanges
      ? {
          attributeChanges: attributeChanges
            .filter(({ person }) => place[person] !== undefined)
            .map((change) => ({ ...change, person: place[change.person]! })),
        }
      : {}),
  };
}

export function invert(order: Int32Array): Int32Array {
  const place = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) place[order[i]!] = i;
  return place;
}

/** Throws a RangeError when the parts of the input do not have the same number of rows: a fault of the caller. */
export function checkShapes(input: PeerInput): void {
  const n = input.people.length;
  const windows: BehaviourWindow[] = input.recent ? [input, input.recent] : [input];
  for (const window of windows) {
    for (const matrix of [window.volumes, window.rhythm, window.transitions ?? createMatrix(n, 0)] as Matrix[])
      if (matrix.rows !== n) throw new RangeError(`peer input of ${n} people has a matrix of ${matrix.rows} rows`);
    if (window.resources.offsets.length !== n + 1)
      throw new RangeError('resource offsets need one value more than people');
    if (window.volumes.columns !== input.volumes.columns || window.rhythm.columns !== input.rhythm.columns)
      throw new RangeError('recent behaviour needs the columns of the window');
    if (window.transitions && window.transitions.columns !== (input.transitions?.columns ?? -1))
      throw new RangeError('recent transitions need the columns of the window');
  }
  if (input.volumeLabels.length !== input.volumes.columns) throw new RangeError('every volume column needs a label');
  if (input.activeDays.length !== n) throw new RangeError('activeDays needs one value a person');
}
