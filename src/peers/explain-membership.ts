import { ATTRIBUTES, type AttributeName, valuesOf } from './attribute-block.ts';
import { buildTraitTables, reasonsFor, sharedResources } from './group-reasons.ts';
import { roleChangeGrace } from './movers.ts';
import type { LearnedGroup, Mover, PeerInput, PeerModel, Reason } from './ports.ts';

/** Of the resources shared with the nearest peers those used by at most this share of the company are told. */
const RARE_SHARE = 0.1;

export interface MembershipExplanation {
  readonly person: string;
  /** Undefined = no group fits. */
  readonly group: LearnedGroup | undefined;
  readonly memberships: readonly { readonly id: string; readonly probability: number }[];
  /** What sets the group (the nearest peers when there is none) apart from the company. */
  readonly reasons: readonly Reason[];
  /** The traits above that are volumes, with the person's own figure. */
  readonly own: readonly { readonly trait: string; readonly value: number }[];
  readonly nearest: readonly { readonly person: string; readonly similarity: number }[];
  /** Rare resources the person shares with nearest peers: index, how many of them, how many people in all. */
  readonly sharedResources: readonly { readonly resource: number; readonly peers: number; readonly people: number }[];
  /** Share of the nearest peers with the person's value of each attribute; NaN = not known. */
  readonly attributeShares: Readonly<Record<AttributeName, number>>;
  readonly mover: Mover | undefined;
}

/** Why a person is where they are. `model` was learned from `input`. @param row of the person @param tables of the input,
 * to be built once when many are explained */
export function explainMembership(
  model: PeerModel,
  input: PeerInput,
  row: number,
  tables = buildTraitTables(input),
): MembershipExplanation {
  const nearestRows = peersOf(model, row);
  const group = model.groups[model.group[row]!];
  const reasons = group?.reasons ?? (nearestRows.length >= 2 ? reasonsFor(input, tables, nearestRows) : []);
  const slots = model.membership.groups.length / Math.max(1, model.people.length);
  const memberships = Array.from({ length: slots }, (_, slot) => row * slots + slot).flatMap((at) => {
    const known = model.groups[model.membership.groups[at]!];
    return known ? [{ id: known.id, probability: model.membership.probabilities[at]! }] : [];
  });
  const own = new Set(
    input.resources.indices.subarray(input.resources.offsets[row]!, input.resources.offsets[row + 1]!),
  );
  const most = Math.max(2, RARE_SHARE * input.people.length);
  return {
    person: model.people[row]!,
    group,
    memberships,
    reasons,
    own: reasons.flatMap((reason) => {
      if (reason.kind !== 'volume') return [];
      const column = input.volumeLabels.indexOf(reason.trait);
      return [{ trait: reason.trait, value: input.volumes.data[row * input.volumes.columns + column]! }];
    }),
    nearest: Array.from(nearestRows, (peer, j) => ({
      person: model.people[peer]!,
      similarity: model.similarity[row * model.neighbourCount + j]!,
    })),
    sharedResources: sharedResources(input, tables, Int32Array.from([row, ...nearestRows]))
      .filter(({ resource }) => own.has(resource) && tables.resourceUsers[resource]! <= most)
      .map(({ resource, users }) => ({ resource, peers: users - 1, people: tables.resourceUsers[resource]! }))
      .sort((a, b) => b.peers / b.people - a.peers / a.people || b.peers - a.peers || a.resource - b.resource)
      .slice(0, 10),
    attributeShares: Object.fromEntries(
      ATTRIBUTES.map((name) => [name, shareWithSameValue(input, row, nearestRows, name)]),
    ) as Record<AttributeName, number>,
    mover: roleChangeGrace(model, model.people[row]!),
  };
}

/** Rows of the nearest peers, nearest first. */
export function peersOf(model: PeerModel, row: number): Int32Array {
  const k = model.neighbourCount;
  return model.neighbours.subarray(row * k, (row + 1) * k).filter((peer) => peer >= 0);
}

export function shareWithSameValue(input: PeerInput, row: number, peers: Int32Array, name: AttributeName): number {
  const own = new Set(valuesOf(input.attributes?.[row], name));
  let [same, known] = [0, 0];
  for (const peer of peers) {
    const values = valuesOf(input.attributes?.[peer], name);
    if (values.length === 0) continue;
    known++;
    if (values.some((value) => own.has(value))) same++;
  }
  return own.size && known ? same / known : Number.NaN;
}
