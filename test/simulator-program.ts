import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Ready {
  type: 'ready';
  url: string;
  caFile: string;
  tokens: { admin: string; sidecar: string; readonly: string };
  syslog: { udp: number; tcp: number; tls: number };
  truth?: string;
  directory?: string;
}

export interface Program {
  child: ChildProcess;
  ready: Promise<Ready>;
  /** Exit code and everything it wrote. */
  ended: Promise<{ code: number | null; out: string; err: string }>;
}

/** The simulator as people start it, in a process of its own. */
export function launchSimulator(...args: string[]): Program {
  const node = ['--no-warnings', 'simulator/qradar/main.ts', ...args];
  const child = spawn(process.execPath, node, { cwd: join(import.meta.dirname, '..') });
  let [out, err] = ['', ''];
  child.stderr!.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, out, err })),
  );
  const ready = new Promise<Ready>((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      out += chunk;
      if (out.includes('\n')) {
        try {
          resolve(JSON.parse(out.split('\n')[0]!) as Ready);
        } catch (error) {
          reject(error);
        }
      }
    });
    void ended.then(() => reject(new Error(err)));
  });
  ready.catch(() => {});
  return { child, ready, ended };
}
