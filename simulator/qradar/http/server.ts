import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Identity } from '../certificates/issue.ts';
import type { World } from '../world.ts';
import { answer, type HttpReply } from './answer.ts';
import { disturb } from './disturb.ts';
import { bodyTooLarge } from './framework-errors.ts';
import { createRouter, type Route } from './router.ts';

const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** QRadar's web server refuses longer request lines. */
const MAX_HEADER_BYTES = 16 * 1024;
const TOO_LONG = 'HTTP/1.1 414 Request-URI Too Long\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** Paths of a root, such as `/api`. */
export interface Mount {
  root: string;
  router: (path: string) => Route | undefined;
}

export interface ApiServer {
  port: number;
  close(): Promise<void>;
}

/** Serves the endpoints over HTTPS on a port (0: any free one). */
export async function listen(
  world: World,
  mounts: readonly Mount[],
  identity: Identity,
  host: string,
  port: number,
): Promise<ApiServer> {
  const server = createServer({ cert: identity.certificate, key: identity.key, maxHeaderSize: MAX_HEADER_BYTES });
  server.on('request', (request, response) => {
    // As every other time that the console tells.
    response.setHeader('Date', new Date(world.now()).toUTCString());
    handle(world, mounts, request, response).catch((error) => {
      world.report(error);
      response.destroy();
    });
  });
  // A client that speaks plain HTTP or does not trust the authority is no failure of ours.
  server.on('tlsClientError', () => {});
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'HPE_HEADER_OVERFLOW' && socket.writable) socket.end(TOO_LONG);
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function handle(
  world: World,
  mounts: readonly Mount[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) {
    const error = bodyTooLarge(MAX_BODY_BYTES);
    send(response, {
      status: 413,
      headers: { 'Content-Type': 'application/json', Connection: 'close' },
      body: JSON.stringify(error.body()),
    });
    return;
  }
  const disturbance = await disturb(world.faults);
  if (disturbance === 'cut') {
    response.destroy();
    return;
  }
  if (disturbance) {
    send(response, disturbance);
    return;
  }
  const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?');
  const mount = mounts.find((one) => path.startsWith(`${one.root}/`));
  const reply = await answer(world, mount?.router ?? createRouter([]), {
    method: request.method ?? 'GET',
    path: mount ? path.slice(mount.root.length) : path,
    query: new URLSearchParams(query),
    headers: lastHeaders(request.rawHeaders),
    body,
  });
  world.state.journal.flush();
  if (world.faults.strikes(world.faults.settings.cutAfterRate)) response.destroy();
  else send(response, reply);
}

function send(response: ServerResponse, reply: HttpReply): void {
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
}

/** The body, or `undefined` when it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Of a repeated header the last one is meant. */
function lastHeaders(raw: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) headers.set(raw[i]!.toLowerCase(), raw[i + 1]!);
  return headers;
}

const splitOnce = (text: string, mark: string): string[] => {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};
