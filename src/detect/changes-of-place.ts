import type { ChangeOfPlace, PersonDayInput } from './ports.ts';

/** Days for which somebody in a new place is also compared with the people there. */
export const GRACE_DAYS = 14;
/** Active days in the new place after which the person's history there speaks alone. */
const FAMILIAR_ROWS = 10;

/** What changes of place mean for single person-days. */
export interface Places {
  readonly any: boolean;
  readonly mostPeers: number;
  /** First row of the history that a row is compared with; 0 = all of the person's. */
  historyStart(row: number): number;
  /** People in the new place, while the change is fresh. */
  newPeers(row: number): Int32Array | undefined;
  /** 0 on the first day in a new place to 1 after ten active days; 1 for everybody else. */
  familiarity(row: number): number;
}

export function placesOf({ table, moves = [] }: Pick<PersonDayInput, 'table' | 'moves'>): Places {
  const moveOf = new Map<number, { move: ChangeOfPlace; firstRow: number }>();
  const { person, day } = table;
  const byPerson = new Map<number, ChangeOfPlace[]>();
  for (const move of moves) byPerson.set(move.person, [...(byPerson.get(move.person) ?? []), move]);
  for (let row = 0; byPerson.size > 0 && row < day.length; row++) {
    for (const move of byPerson.get(person[row]!) ?? []) {
      if (day[row]! < move.knownDay) continue;
      let firstRow = row;
      while (firstRow > 0 && person[firstRow - 1] === person[row] && day[firstRow - 1]! >= move.sinceDay) firstRow--;
      const known = moveOf.get(row);
      if (!known || known.move.knownDay < move.knownDay) moveOf.set(row, { move, firstRow });
    }
  }
  return {
    any: moves.length > 0,
    mostPeers: moves.reduce((most, { peers }) => Math.max(most, peers.length), 0),
    historyStart: (row) => moveOf.get(row)?.firstRow ?? 0,
    newPeers(row) {
      const found = moveOf.get(row)?.move;
      return found && day[row]! - found.knownDay < GRACE_DAYS ? found.peers : undefined;
    },
    familiarity(row) {
      const found = moveOf.get(row);
      return found ? Math.min(1, (row - found.firstRow) / FAMILIAR_ROWS) : 1;
    },
  };
}
