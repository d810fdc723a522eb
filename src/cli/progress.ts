import type { CliContext } from './context.ts';
import { escapeText, textWidth } from './escape-text.ts';

export interface Progress {
  /** Sets what is done so far, in units; `total` may become known (or better known) on the way. */
  update(done: number, total?: number): void;
  /** Replaces the label (the current step). */
  label(text: string): void;
  /** Removes the bar. Safe to call more than once; call it in `finally`. */
  end(): void;
}

export interface ProgressOptions {
  label: string;
  /** Unit of `done` in the plural, such as `events`. */
  unit: string;
  total?: number;
}

const REDRAW_MS = 100;
const BAR_WIDTH = 24;

/** A progress line on standard error: bar, share, rate and time left. Draws nothing when that is not a terminal. */
export function createProgress(context: Pick<CliContext, 'stderr' | 'now'>, options: ProgressOptions): Progress {
  const { stderr, now } = context;
  if (!stderr.isTTY) return { update: () => {}, label: () => {}, end: () => {} };
  const startedMs = now();
  let state = { label: options.label, done: 0, total: options.total };
  let drawnMs = Number.NEGATIVE_INFINITY;
  let drawn = false;
  const draw = (force: boolean) => {
    const ms = now();
    if (!force && ms - drawnMs < REDRAW_MS) return;
    drawnMs = ms;
    drawn = true;
    const line = formatProgress({ ...state, unit: options.unit, elapsedMs: ms - startedMs }, stderr.columns || 80);
    stderr.write(`\r\u001b[2K${line}`);
  };
  return {
    update(done, total) {
      state = { ...state, done, total: total ?? state.total };
      draw(false);
    },
    label(text) {
      state = { ...state, label: text };
      draw(true);
    },
    end() {
      if (drawn) stderr.write('\r\u001b[2K');
      drawn = false;
    },
  };
}

interface ProgressState {
  label: string;
  unit: string;
  done: number;
  total: number | undefined;
  elapsedMs: number;
}

/** One line, at most `columns - 1` wide. */
export function formatProgress(state: ProgressState, columns: number): string {
  const { done, total, elapsedMs } = state;
  const rate = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0;
  const parts: string[] = [];
  if (total !== undefined && total > 0) {
    const share = Math.min(1, Math.max(0, done / total));
    const filled = Math.round(share * BAR_WIDTH);
    parts.push(`[${'='.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}] ${Math.floor(share * 100)}%`);
  }
  parts.push(`${formatCount(done)}${total ? ` of ${formatCount(total)}` : ''} ${state.unit}`);
  if (rate > 0) parts.push(`${formatCount(Math.round(rate))}/s`);
  if (total !== undefined && rate > 0 && done < total && elapsedMs >= 1000)
    parts.push(`${formatDuration((total - done) / rate)} left`);
  const label = escapeText(state.label, 60);
  let line = `${label}  ${parts.join('  ')}`;
  while (textWidth(line) > columns - 1 && parts.length > 1) {
    parts.pop();
    line = `${label}  ${parts.join('  ')}`;
  }
  return line.slice(0, Math.max(0, columns - 1));
}

/** 1234567 -> `1,234,567` */
export const formatCount = (count: number): string =>
  Math.round(count)
    .toString()
    .replace(/\B(?=(?:\d{3})+$)/g, ',');

/** Seconds -> `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
