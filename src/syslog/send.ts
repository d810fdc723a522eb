import { createSocket } from 'node:dgram';
import { connect as connectTcp, isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AppError, messageOf } from '../domain/errors.ts';

export interface SyslogTarget {
  host: string;
  port: number;
  protocol: 'udp' | 'tcp' | 'tls';
  /** PEM text of the authorities to trust; without it those of the system. */
  ca?: string | undefined;
  /** Longest wait for a connection, and then for the other side to take everything. */
  timeoutMs?: number;
}

/** `none`: certainly nothing left. `unknown`: some of it may have arrived. */
export type SendOutcome = 'none' | 'unknown';

export class SyslogSendError extends AppError {
  readonly outcome: SendOutcome;
  constructor(outcome: SendOutcome, message: string, cause?: unknown) {
    super('SYSLOG_SEND_FAILED', message, { cause });
    this.outcome = outcome;
  }
}

/** Longest messages that a collector takes whole by default, in bytes. */
export const MAX_MESSAGE_BYTES = { udp: 1024, tcp: 4096, tls: 4096 } as const;

export interface SyslogSender {
  /**
   * Sends in order over one connection and resolves when the other side has closed it after everything was handed over.
   * Syslog acknowledges nothing: what a collector did with it can only be looked up there. Messages hold no line breaks.
   */
  send(messages: readonly string[], signal?: AbortSignal): Promise<void>;
}

const TIMEOUT_MS = 15_000;

/** Sends syslog messages over UDP, TCP (one message a line) or TLS, whose certificate is always verified. */
export function createSyslogSender(target: SyslogTarget): SyslogSender {
  const limit = MAX_MESSAGE_BYTES[target.protocol];
  return {
    async send(messages, signal) {
      for (const message of messages)
        if (/[\r\n\0]/.test(message) || Buffer.byteLength(message) > limit)
          throw new SyslogSendError('none', `a message is longer than ${limit} bytes or has a line break`);
      if (messages.length === 0) return;
      signal?.throwIfAborted();
      if (target.protocol === 'udp') await sendDatagrams(target, messages);
      else await sendStream(target, Buffer.from(messages.map((message) => `${message}\n`).join('')), signal);
    },
  };
}

async function sendDatagrams({ host, port }: SyslogTarget, messages: readonly string[]): Promise<void> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  let sent = 0;
  try {
    for (const message of messages) {
      await new Promise<void>((resolve, reject) =>
        socket.send(message, port, host, (error) => (error ? reject(error) : resolve())),
      );
      sent += 1;
    }
  } catch (error) {
    throw new SyslogSendError(sent === 0 ? 'none' : 'unknown', `${host}:${port}: ${messageOf(error)}`, error);
  } finally {
    socket.close();
  }
}

function sendStream(target: SyslogTarget, bytes: Buffer, signal: AbortSignal | undefined): Promise<void> {
  const { host, port, protocol, ca, timeoutMs = TIMEOUT_MS } = target;
  return new Promise((resolve, reject) => {
    let outcome: SendOutcome = 'none';
    let isEnded = false;
    const socket: Socket =
      protocol === 'tls'
        ? connectTls({
            host,
            port,
            rejectUnauthorized: true,
            minVersion: 'TLSv1.2',
            ...(isIP(host) ? {} : { servername: host }),
            ...(ca === undefined ? {} : { ca }),
          })
        : connectTcp({ host, port });
    const settle = (error?: unknown): void => {
      if (isEnded) return;
      isEnded = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      socket.destroy();
      if (error === undefined) resolve();
      else reject(new SyslogSendError(outcome, `${host}:${port}: ${messageOf(error).slice(0, 300)}`, error));
    };
    const stop = (): void => settle(signal?.reason ?? new Error('stopped'));
    const timer = setTimeout(() => settle(new Error(`no answer within ${Math.round(timeoutMs / 1000)} s`)), timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });
    let isHandedOver = false;
    socket.on('error', settle);
    socket.on('close', () => settle(isHandedOver ? undefined : new Error('the connection was closed')));
    // Collectors send nothing; without reading, the end of the connection would not be seen.
    socket.resume();
    socket.once(protocol === 'tls' ? 'secureConnect' : 'connect', () => {
      outcome = 'unknown';
      socket.end(bytes, () => {
        isHandedOver = true;
      });
    });
  });
}
