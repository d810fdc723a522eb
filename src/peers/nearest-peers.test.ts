import { expect, it } from 'vitest';
import { createMatrix } from '../numeric/matrix.ts';
import { createRandom } from '../numeric/random.ts';
import { findNearestPeers } from './nearest-peers.ts';

it('finds most true neighbours among more people than are compared pair by pair', () => {
  const [n, d, k] = [6000, 12, 10];
  const random = createRandom(3);
  const positions = createMatrix(n, d);
  for (let i = 0; i < n * d; i++) positions.data[i] = random.normal() * 0.8 ** (i % d);
  const eligible = new Uint8Array(n).fill(1);
  eligible[5] = 0;
  const { neighbours, squared } = findNearestPeers(positions, eligible, k, 1);
  expect(neighbours).not.toContain(5);
  expect([...neighbours.slice(5 * k, 6 * k)]).toEqual(new Array(k).fill(-1));
  let found = 0;
  for (let row = 0; row < n; row += 100) {
    const distance = Float64Array.from({ length: n }, (_, other) => {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += (positions.data[row * d + c]! - positions.data[other * d + c]!) ** 2;
      return sum;
    });
    const rows = [...distance.keys()].filter((other) => other !== row && other !== 5);
    const nearest = new Set(rows.sort((a, b) => distance[a]! - distance[b]!).slice(0, k));
    for (const peer of neighbours.subarray(row * k, (row + 1) * k)) if (nearest.has(peer)) found++;
    for (let j = 1; j < k; j++) expect(squared[row * k + j]!).toBeGreaterThanOrEqual(squared[row * k + j - 1]!);
  }
  expect(found / (60 * k)).toBeGreaterThan(0.95);
});
