import type { PersonAttributes as DatedAttributes } from '../domain/people.ts';
import { DAY_MS } from '../domain/time.ts';
import { type Move, spreadOver } from './find-moves.ts';

export interface AnnouncedSearch {
  /** Days to decide on, inclusive. */
  readonly fromDay: number;
  readonly toDay: number;
  /** HR records of each person, oldest first. */
  readonly attributes: readonly (readonly DatedAttributes[])[];
  /** 1 = has moved lately. */
  readonly settled: Uint8Array;
  readonly peers: number;
}

const KINDS = ['role', 'team', 'department'] as const;
const FEWEST = 4;

/** People whose role, department or team changes in the HR records of the span, with the people who have held the new
 * role before: else those of the new team, else of the new department. */
export function announcedMoves(search: AnnouncedSearch): Move[] {
  const { attributes, settled, fromDay, toDay } = search;
  const moves: Move[] = [];
  let holders: Map<string, number[]> | undefined;
  for (let person = 0; person < attributes.length; person++) {
    if (settled[person]) continue;
    const history = attributes[person]!;
    for (let at = history.length - 1; at > 0; at--) {
      const [before, now] = [history[at - 1]!, history[at]!];
      const day = Date.parse(now.fromDay) / DAY_MS;
      if (!(day >= fromDay && day <= toDay) || KINDS.every((kind) => before[kind] === now[kind])) continue;
      holders ??= holdersBefore(attributes, fromDay);
      const kind = KINDS.find((name) => (holders!.get(keyOf(now, name))?.length ?? 0) >= FEWEST);
      const rows = Int32Array.from(kind ? holders.get(keyOf(now, kind))! : []);
      const peers = spreadOver(rows, search.peers, person);
      moves.push({ person, sinceDay: day, knownDay: day, reason: 'attributes', peers });
      break;
    }
  }
  return moves;
}

/** Teams bear the name of their department where names repeat across it. */
const keyOf = (record: DatedAttributes, kind: (typeof KINDS)[number]): string =>
  `${kind} ${record[kind]}${kind === 'team' ? ` ${record.department}` : ''}`;

function holdersBefore(attributes: AnnouncedSearch['attributes'], day: number): Map<string, number[]> {
  const holders = new Map<string, number[]>();
  for (const [person, history] of attributes.entries()) {
    const record = history.findLast(({ fromDay }) => Date.parse(fromDay) / DAY_MS < day) ?? history[0];
    if (!record) continue;
    for (const kind of KINDS) {
      if (record[kind] === '') continue;
      const key = keyOf(record, kind);
      const rows = holders.get(key);
      if (rows) rows.push(person);
      else holders.set(key, [person]);
    }
  }
  return holders;
}

/** People by the role that HR names, a finer division than groups of behaviour; roles of few people are left out. */
export function dividedByRole(
  attributes: AnnouncedSearch['attributes'],
  day: number,
): { group: Int32Array; groups: { members: Int32Array }[] } {
  const group = new Int32Array(attributes.length).fill(-1);
  const roles = [...holdersBefore(attributes, day)].filter(
    ([key, rows]) => key.startsWith('role ') && rows.length >= FEWEST,
  );
  const groups = roles.map(([, rows], index) => {
    for (const row of rows) group[row] = index;
    return { members: Int32Array.from(rows) };
  });
  return { group, groups };
}
