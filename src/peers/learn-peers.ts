import { takeRows } from '../numeric/cluster-metrics.ts';
import type { Matrix } from '../numeric/matrix.ts';
import { seedFor } from '../numeric/random.ts';
import { canonicalOrder, checkShapes, invert, reorderInput } from './canonical-order.ts';
import { describeGroups, groupSilhouettes, similarityOf } from './describe-groups.ts';
import { embedPeople, meanSquare } from './embedding.ts';
import { formGroups, rankGroups, withoutStrangers } from './group-people.ts';
import { traceLineage } from './lineage.ts';
import { assignMemberships, MEMBERSHIPS, shapeGroups } from './membership.ts';
import { findMovers, workingDaysBetween } from './movers.ts';
import { findNearestPeers } from './nearest-peers.ts';
import { graphWidth, sharedPeerGraph } from './peer-graph.ts';
import type { PeerInput, PeerModel, PersonAttributes } from './ports.ts';

/** People seen on fewer days do not shape the groups, they are only assigned. */
const SHAPING_DAYS = 3;
const SEARCH_EVERY_DAYS = 7;

/** Peer groups and nearest peers of one day. Pure: same input, same model, whatever the order of the people. */
export function learnPeers(given: PeerInput): PeerModel {
  checkShapes(given);
  const order = canonicalOrder(given.people);
  const input = reorderInput(given, order);
  const n = input.people.length;
  const minimumSize = Math.max(2, input.minimumSize ?? 5);
  const shaping = shapingRows(input, minimumSize);
  const embedding = embedPeople(input, shaping);
  const { positions } = embedding;
  const placed = placedPeople(input, positions);
  const spread = 2 * meanSquare(positions, shaping);

  const k = Math.max(0, Math.min(input.neighbours ?? 25, n - 1));
  const nearest = findNearestPeers(positions, placed, k, seedFor(input.seed, 'nearest'));
  const typical = withoutStrangers(nearest, k, shaping, minimumSize);
  const points = takeRows(positions, typical);
  const searchAnew = !input.previous || input.day - input.previous.searchedDay >= SEARCH_EVERY_DAYS;
  const formed = formGroups(input, points, typical, searchAnew, minimumSize, () =>
    sharedPeerGraph(nearest.neighbours, k, typical, graphWidth(typical.length)),
  );
  const shape = shapeGroups(points, formed.assignment, formed.centres);
  const { ranked, rankedShape } = rankGroups(
    assignMemberships(positions, shape, placed),
    shape,
    minimumSize,
    positions,
    placed,
  );
  const lineage = traceLineage(input.day, input.people, ranked.group, rankedShape.centres.rows, input.previous);
  const graceDays = Math.max(1, input.graceDays ?? 10);
  const changes = (input.attributeChanges ?? []).filter(
    ({ day }) => day <= input.day && workingDaysBetween(day, input.day) < graceDays,
  );
  const commonGroup = commonGroups(input, ranked.group);
  const movers = findMovers({
    day: input.day,
    graceDays,
    people: input.people,
    group: ranked.group,
    ids: lineage.ids,
    shape: rankedShape,
    positions,
    recent: embedding.recent,
    changes,
    expectedBefore: Int32Array.from(changes, ({ before }) => commonGroup(before)),
    expectedAfter: Int32Array.from(changes, ({ person }) => commonGroup(input.attributes?.[person])),
    previous: input.previous,
  });
  const silhouettes = groupSilhouettes(positions, ranked.group, rankedShape.centres.rows, input.seed);
  const groups = describeGroups(input, positions, ranked.group, rankedShape, lineage.ids, silhouettes.perGroup, spread);

  const place = invert(order);
  const backRows = (matrix: Matrix) => takeRows(matrix, place);
  const toGiven = (row: number) => (row >= 0 ? order[row]! : -1);
  return {
    day: input.day,
    searchedDay: searchAnew ? input.day : input.previous!.searchedDay,
    people: [...given.people],
    groups: groups.map((group) => ({ ...group, members: group.members.map(toGiven).sort() })),
    group: place.map((row) => ranked.group[row]!),
    membership: {
      groups: takeBlocks(ranked.groups, place, MEMBERSHIPS),
      probabilities: takeBlocks(ranked.probabilities, place, MEMBERSHIPS),
    },
    neighbours: takeBlocks(nearest.neighbours, place, k).map(toGiven),
    similarity: takeBlocks(
      Float32Array.from(nearest.squared, (squared) => similarityOf(squared, spread)),
      place,
      k,
    ),
    neighbourCount: k,
    embedding: backRows(positions),
    spread,
    quality: {
      silhouette: silhouettes.mean,
      ari: lineage.ari,
      churn: lineage.churn,
      ungrouped: n ? ranked.group.filter((g) => g < 0).length / n : 0,
      attributeWeights: embedding.attributeWeights,
    },
    lineage: lineage.events,
    movers,
  };
}

function shapingRows(input: PeerInput, minimumSize: number): Int32Array {
  const everybody = Int32Array.from(input.people.keys());
  for (const days of [SHAPING_DAYS, 1]) {
    const rows = everybody.filter((row) => input.activeDays[row]! >= days);
    if (rows.length >= 2 * minimumSize) return rows;
  }
  return everybody;
}

/** 1 = somewhere to be placed: any activity, or attributes that tell something. */
function placedPeople(input: PeerInput, positions: Matrix): Uint8Array {
  return Uint8Array.from(input.people, (_, row) => {
    if (input.activeDays[row]! > 0) return 1;
    return positions.data.subarray(row * positions.columns, (row + 1) * positions.columns).some((x) => x !== 0) ? 1 : 0;
  });
}

/** Group in which most people with the same role are, else the same team, else the same department; -1 = none. */
function commonGroups(input: PeerInput, group: Int32Array): (attributes: PersonAttributes | undefined) => number {
  const names = ['role', 'team', 'department'] as const;
  const counts = new Map<string, Map<number, number>>();
  for (let i = 0; i < group.length; i++)
    for (const name of names) {
      const value = input.attributes?.[i]?.[name] ?? '';
      if (value === '' || group[i]! < 0) continue;
      const byGroup = counts.get(`${name} ${value}`) ?? new Map<number, number>();
      counts.set(`${name} ${value}`, byGroup.set(group[i]!, (byGroup.get(group[i]!) ?? 0) + 1));
    }
  return (attributes) => {
    for (const name of names) {
      const best = [...(counts.get(`${name} ${attributes?.[name]}`) ?? [])].sort(
        (a, b) => b[1] - a[1] || a[0] - b[0],
      )[0];
      if (best) return best[0];
    }
    return -1;
  };
}

function takeBlocks<A extends Int32Array | Float32Array>(values: A, rows: Int32Array, width: number): A {
  const out = values.slice() as A;
  for (let i = 0; i < rows.length; i++) out.set(values.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  return out;
}
