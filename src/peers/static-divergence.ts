import { type AttributeName, valuesOf } from './attribute-block.ts';
import { peersOf, shareWithSameValue } from './explain-membership.ts';
import type { PeerInput, PeerModel } from './ports.ts';

/** How far each person's behaviour has left their static group: per cent of the nearest peers outside it. NaN where the
 * group of the person, or of all of the peers, is not known; n. */
export function staticDivergence(model: PeerModel, input: PeerInput, name: AttributeName = 'department'): Float64Array {
  return Float64Array.from(
    input.people,
    (_, row) => 100 * (1 - shareWithSameValue(input, row, peersOf(model, row), name)),
  );
}

/** Nearest peers who sit in another static group, nearest first. */
export function lookAlikes(
  model: PeerModel,
  input: PeerInput,
  row: number,
  name: AttributeName = 'department',
): { person: string; similarity: number; value: string }[] {
  const own = new Set(valuesOf(input.attributes?.[row], name));
  return Array.from(peersOf(model, row), (peer, j) => ({ peer, j })).flatMap(({ peer, j }) => {
    const value = valuesOf(input.attributes?.[peer], name)[0];
    if (value === undefined || own.has(value)) return [];
    return [{ person: model.people[peer]!, similarity: model.similarity[row * model.neighbourCount + j]!, value }];
  });
}
