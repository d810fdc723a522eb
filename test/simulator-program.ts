import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
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

/** One call as the administrator, its certificate checked. */
export function askProgram(
  { url, caFile, tokens }: Ready,
  method: string,
  path: string,
  query: Record<string, string> = {},
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it freely
): Promise<{ status: number; json: any }> {
  const address = `${url}/api${path}?${new URLSearchParams(query)}`;
  return new Promise((resolve, reject) => {
    const headers = { SEC: tokens.admin };
    const call = request(address, { method, headers, ca: readFileSync(caFile), agent: false }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('error', reject);
      reply.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: reply.statusCode!, json: text === '' ? undefined : JSON.parse(text) });
      });
    });
    call.on('error', reject);
    call.end();
  });
}
