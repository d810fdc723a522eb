import type { TaskRecord } from './records.ts';
import type { State } from './state.ts';

/** A task whose work is already done: its maker sees it QUEUED, whoever asks later sees it COMPLETED. */
export function recordTask(state: State, name: string, by: string, nowMs: number): TaskRecord {
  const id = state.tasks.nextId();
  const done = {
    id,
    name,
    status: 'COMPLETED',
    message: 'Completed',
    created: nowMs,
    created_by: by,
    started: nowMs,
    modified: nowMs,
    completed: nowMs,
  };
  state.tasks.put(id, done);
  return { ...done, status: 'QUEUED', message: 'Queued', started: null, modified: null, completed: null };
}
