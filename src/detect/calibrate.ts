/**
 * Evidence in nats to a score of 0-100 and to alerts that follow the budget.
 *
 * The unit of a daily budget is a person to look at. Whoever was alerted in the last 14 days is being looked at: further
 * days of theirs cost the analyst nothing and are no new alert, unless the evidence has grown by half since. The alert line
 * is the least evidence with which the alerts of the days looked at stay within the budget, and never less than
 * `MINIMUM_NATS`: a quiet month of a small company gives fewer alerts, not the same number of weaker ones. That the number of
 * alerts a day is given is the control of false discoveries: the line is the (1 - budget / active people) quantile of what
 * ordinary days show, so chance alone fills the budget at most.
 *
 * Which day alerts depends on the days before it only, so the same rule serves live, with the line of the days known.
 * score = 100 x evidence / (evidence + line): 50 is the line, 75 three times the evidence, 100 is never reached.
 */

/** Evidence that chance gives about one ordinary person-day in a thousand (six nats over several families). */
export const MINIMUM_NATS = 6;
/** No single day may use more than this multiple of the daily budget. */
const DAY_BURST = 3;
/** How long an alert about somebody stands. */
export const OPEN_DAYS = 14;
/** What a later day of the same person has to exceed the alerted one by. */
const GROWTH = 1.5;

export interface PersonDayEvidence {
  /** Nats by row. */
  total: Float64Array;
  day: Int32Array;
  person: Int32Array;
}

export interface Calibration {
  /** Evidence at the alert line, nats. */
  line: number;
  score(nats: number): number;
}

/** Rows to look through, days ascending, the strongest of a day first. */
function orderRows({ total, day }: PersonDayEvidence): number[] {
  const rows: number[] = [];
  for (let row = 0; row < total.length; row++) if (total[row]! >= MINIMUM_NATS) rows.push(row);
  return rows.sort((a, b) => day[a]! - day[b]! || total[b]! - total[a]! || a - b);
}

function alertsAbove(
  ordered: readonly number[],
  { total, day, person }: PersonDayEvidence,
  line: number,
  budgetPerDay: number,
): Set<number> {
  const most = Math.max(1, Math.round(DAY_BURST * budgetPerDay));
  const open = new Map<number, { day: number; nats: number }>();
  const chosen = new Set<number>();
  let today = Number.NaN;
  let used = 0;
  for (const row of ordered) {
    if (total[row]! < line) continue;
    if (day[row] !== today) {
      today = day[row]!;
      used = 0;
    }
    if (used >= most) continue;
    const before = open.get(person[row]!);
    const isOpen = before !== undefined && today - before.day <= OPEN_DAYS;
    if (isOpen && total[row]! < GROWTH * before.nats) continue;
    open.set(person[row]!, { day: today, nats: total[row]! });
    chosen.add(row);
    used += 1;
  }
  return chosen;
}

/** @param days how many days of data the evidence covers */
export function calibrate(evidence: PersonDayEvidence, days: number, budgetPerDay: number): Calibration {
  const ordered = orderRows(evidence);
  const candidates = Float64Array.from(ordered, (row) => evidence.total[row]!).sort();
  const allowed = Math.max(1, Math.round(budgetPerDay * days));
  // The number of alerts falls as the line rises, but for people whose weaker day no longer opens a case before a stronger.
  let [low, high] = [0, candidates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (alertsAbove(ordered, evidence, candidates[middle]!, budgetPerDay).size <= allowed) high = middle;
    else low = middle + 1;
  }
  const line = low === 0 ? MINIMUM_NATS : (candidates[low] ?? Math.max(MINIMUM_NATS, (candidates.at(-1) ?? 0) * 2));
  return { line, score: (nats) => (100 * nats) / (nats + line) };
}

/** The rows that are alerts: at or above the line, at most three budgets a day, nobody twice while a case is open. */
export function chooseAlerts(evidence: PersonDayEvidence, line: number, budgetPerDay: number): Set<number> {
  return alertsAbove(orderRows(evidence), evidence, line, budgetPerDay);
}
