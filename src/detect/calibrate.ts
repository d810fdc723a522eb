/**
 * Evidence in nats to a score of 0-100 that follows the alert budget.
 *
 * The alert line is the evidence that, over the days looked at, as many person-days reach as the budget allows, and never
 * less than `MINIMUM_NATS`: a quiet month of a small company gives fewer alerts, not the same number of weaker ones.
 * score = 100 x evidence / (evidence + line): 50 is the line, 75 three times the evidence, 100 is never reached.
 */

/** Evidence that chance gives about one ordinary person-day in a thousand (six nats over several families). */
export const MINIMUM_NATS = 6;
/** No single day may use more than this multiple of the daily budget. */
const DAY_BURST = 3;

export interface Calibration {
  /** Evidence at the alert line, nats. */
  line: number;
  score(nats: number): number;
}

/** @param days how many days of data the evidence covers */
export function calibrate(total: Float64Array, days: number, budgetPerDay: number): Calibration {
  const sorted = total.slice().sort();
  const allowed = Math.max(1, Math.round(budgetPerDay * days));
  const line = Math.max(MINIMUM_NATS, sorted[sorted.length - allowed] ?? 0);
  return { line, score: (nats) => (100 * nats) / (nats + line) };
}

/** Rows at or above the line, the strongest of each day first, at most three times the daily budget on one day. */
export function chooseAlerts(total: Float64Array, day: Int32Array, line: number, budgetPerDay: number): Set<number> {
  const perDay = new Map<number, number>();
  const chosen = new Set<number>();
  const candidates = Array.from(total.keys()).filter((row) => total[row]! >= line);
  candidates.sort((a, b) => total[b]! - total[a]! || a - b);
  for (const row of candidates) {
    const used = perDay.get(day[row]!) ?? 0;
    if (used >= DAY_BURST * budgetPerDay) continue;
    perDay.set(day[row]!, used + 1);
    chosen.add(row);
  }
  return chosen;
}
