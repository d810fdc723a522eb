import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { messageOf } from '../domain/errors.ts';
import { type Outcome, QRadarError } from './errors.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, already encoded, below the address of the console. */
  target: string;
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
  timeoutMs: number;
  /** A longer body is refused while it arrives. */
  maxBytes: number;
  signal?: AbortSignal | undefined;
  /** Not to be sent on a kept connection, where a reset tells nothing about what happened. */
  freshConnection: boolean;
  /** For messages: method and path without parameters. */
  name: string;
}

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Sends one request and reads the whole reply. Rejects with QRadarError, or with the reason of the signal. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpReply>;
  close(): void;
}

export interface TransportOptions {
  /** `https://console[:port][/prefix]` */
  url: string;
  /** PEM certificates that are trusted in place of the system's. */
  ca?: string | undefined;
}

/** HTTPS only, certificates always verified, redirects never followed. */
export function createTransport({ url, ca }: TransportOptions): Transport {
  const base = new URL(url);
  if (base.protocol !== 'https:')
    throw new QRadarError('QRADAR_NOT_CONFIGURED', 'the address of QRadar must be https', {
      layer: 'client',
      outcome: 'none',
      request: '',
    });
  const prefix = base.pathname.replace(/\/+$/, '');
  // Stated, because NODE_TLS_REJECT_UNAUTHORIZED=0 would turn the check off for everybody who does not.
  const tls = { ...(ca === undefined ? {} : { ca }), rejectUnauthorized: true, minVersion: 'TLSv1.2' as const };
  const kept = new Agent({ ...tls, keepAlive: true, maxSockets: 16, maxFreeSockets: 4 });
  // Without a bound of sockets: with one, Node keeps connections for the requests that wait.
  const fresh = new Agent({ ...tls, keepAlive: false });

  function send(request: HttpRequest): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      if (request.signal?.aborted) {
        reject(request.signal.reason);
        return;
      }
      let sent = false;
      const outgoing: ClientRequest = httpsRequest({
        hostname: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port || 443,
        path: prefix + request.target,
        method: request.method,
        headers: { ...request.headers, ...lengthOf(request.body) },
        agent: request.freshConnection ? fresh : kept,
        ...tls,
      });
      const timer = setTimeout(
        () => outgoing.destroy(lost(`no complete reply within ${request.timeoutMs / 1000} s`)),
        request.timeoutMs,
      );
      const stop = () => outgoing.destroy();
      request.signal?.addEventListener('abort', stop, { once: true });
      const settle = () => {
        clearTimeout(timer);
        request.signal?.removeEventListener('abort', stop);
      };
      const fail = (error: unknown) => {
        settle();
        if (request.signal?.aborted) reject(request.signal.reason);
        else reject(error instanceof QRadarError ? error : describeFailure(error, request.name, sent));
      };
      const lost = (reason: string) => {
        const outcome: Outcome = sent ? 'unknown' : 'none';
        const fields = { layer: 'transport' as const, outcome, request: request.name };
        return new QRadarError('QRADAR_UNREACHABLE', `${request.name}: ${reason}`, fields);
      };
      outgoing.once('socket', (socket) => {
        if (outgoing.reusedSocket) sent = true;
        else (socket as TLSSocket).once('secureConnect', () => (sent = true));
      });
      outgoing.once('error', fail);
      outgoing.once('response', (incoming) =>
        readBody(incoming, request).then((body) => {
          settle();
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
        }, fail),
      );
      outgoing.end(request.body);
    });
  }

  return {
    send,
    close() {
      kept.destroy();
      fresh.destroy();
    },
  };
}

const lengthOf = (body: string | undefined) =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };

function readBody(incoming: IncomingMessage, request: HttpRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= request.maxBytes) {
        chunks.push(chunk);
        return;
      }
      reject(
        new QRadarError('QRADAR_REPLY_INVALID', `${request.name}: the reply is longer than ${request.maxBytes} bytes`, {
          layer: 'client',
          outcome: 'unknown',
          request: request.name,
          status: incoming.statusCode,
          tooLarge: true,
        }),
      );
      incoming.destroy();
    });
    incoming.once('end', () => (incoming.complete ? resolve(Buffer.concat(chunks)) : reject(new Error('cut off'))));
    incoming.once('error', reject);
    incoming.once('close', () => reject(new Error('the connection closed within the reply')));
  });
}

/** OpenSSL's and Node's names for a certificate that does not convince. */
const CERTIFICATE_FAULT =
  /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT)|ISSUER|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH/;

function describeFailure(error: unknown, name: string, sent: boolean): QRadarError {
  const cause = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (!sent && CERTIFICATE_FAULT.test(code)) {
    const hint = 'give the certificate authority of the console as qradar.caFile';
    const fields = { layer: 'transport' as const, outcome: 'none' as const, request: name };
    return new QRadarError(
      'QRADAR_CERTIFICATE',
      `the certificate of QRadar is not trusted (${code}); ${hint}`,
      fields,
      {
        cause: error,
      },
    );
  }
  const outcome: Outcome = sent ? 'unknown' : 'none';
  const fields = { layer: 'transport' as const, outcome, request: name };
  return new QRadarError('QRADAR_UNREACHABLE', `${name}: ${code || messageOf(cause)}`, fields, { cause: error });
}
