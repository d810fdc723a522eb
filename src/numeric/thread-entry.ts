import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadTask } from './threads.ts';

const { module, name, job, thread } = workerData as ThreadTask & { job: unknown; thread: number };
const code = (await import(module)) as Record<string, (job: unknown, thread: number) => unknown>;
parentPort!.postMessage(await code[name]!(job, thread));
