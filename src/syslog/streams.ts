import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type HeldBytes, MessageFramer } from './framer.ts';
import type { TlsIdentity } from './types.ts';

export interface StreamOptions {
  maxBytes: number;
  maxConnections: number;
  idleMs: number;
  messageMs: number;
  now(): number;
  onMessage(transport: 'tcp' | 'tls', origin: Buffer, bytes: Buffer, from: number, to: number, isCut: boolean): void;
  /** A stream ended inside a message. */
  onIncomplete(): void;
}

interface Stream {
  socket: Socket;
  framer: MessageFramer;
  lastByteMs: number;
  /** When the message that is not finished began; NaN = none. */
  insideSinceMs: number;
}

const HANDSHAKE_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;
const SWEEP_MS = 1000;
/** Unfinished messages of all streams together; room for two of the largest at least. */
const HELD_BYTES = 64 << 20;

/** The TCP and TLS senders of one listener: framing, limits, back-pressure. */
export class Streams {
  readonly #options: StreamOptions;
  readonly #servers: Server[] = [];
  /** Every accepted connection, TLS handshakes among them. */
  readonly #sockets = new Set<Socket>();
  readonly #streams = new Set<Stream>();
  readonly #held: HeldBytes;
  readonly #sweeper: NodeJS.Timeout;
  #isPaused = false;
  #lastByteMs = 0;
  refused = 0;
  timedOut = 0;
  failedHandshakes = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#held = { used: 0, limit: Math.max(HELD_BYTES, options.maxBytes * 2) };
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  get count(): number {
    return this.#sockets.size;
  }

  listenTcp(host: string, port: number): Promise<number> {
    const server = createServer((socket) => this.#take(socket, 'tcp'));
    return this.#listen(server, host, port);
  }

  /** Throws what node says about a certificate or key that cannot be used. */
  async listenTls(host: string, port: number, identity: TlsIdentity): Promise<number> {
    const { certificate, key, clientAuthority } = identity;
    // Text without a certificate would leave nobody, or everybody, to trust.
    if (clientAuthority !== undefined && !clientAuthority.includes('-----BEGIN CERTIFICATE-----'))
      throw new Error('the authority of client certificates holds no PEM certificate');
    const server = createTlsServer(
      {
        cert: certificate,
        key,
        minVersion: 'TLSv1.2',
        handshakeTimeout: HANDSHAKE_MS,
        ...(clientAuthority !== undefined ? { ca: clientAuthority, requestCert: true, rejectUnauthorized: true } : {}),
      },
      (socket) => this.#take(socket, 'tls'),
    );
    server.on('tlsClientError', (_error, socket) => {
      this.failedHandshakes += 1;
      socket.destroy();
    });
    return this.#listen(server, host, port);
  }

  /** Senders wait from now on, new ones too. */
  pause(): void {
    this.#isPaused = true;
    for (const { socket } of this.#streams) socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    const now = this.#options.now();
    for (const stream of this.#streams) {
      // Waiting was our doing.
      stream.lastByteMs = now;
      if (stream.framer.isInside) stream.insideSinceMs = now;
      stream.socket.resume();
    }
  }

  /** Takes no new senders, reads what is on the way until nothing comes for `quietMs` (at most `mostMs`), ends. */
  async close(quietMs: number, mostMs: number): Promise<void> {
    for (const server of this.#servers) server.close();
    const begunMs = this.#options.now();
    this.#lastByteMs = begunMs;
    for (const { socket } of this.#streams) socket.end();
    while (this.#streams.size > 0 && !this.#isPaused) {
      const now = this.#options.now();
      if (now - this.#lastByteMs >= quietMs || now - begunMs >= mostMs) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    clearInterval(this.#sweeper);
    for (const stream of this.#streams) this.#end(stream, stream.framer.finish());
    for (const socket of this.#sockets) socket.destroy();
  }

  async #listen(server: Server, host: string, port: number): Promise<number> {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      if (this.#sockets.size >= this.#options.maxConnections) {
        this.refused += 1;
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    // Out of file descriptors, say: the next connection may succeed.
    server.on('error', () => {});
    return (server.address() as AddressInfo).port;
  }

  #take(socket: Socket, transport: 'tcp' | 'tls'): void {
    if (socket.destroyed) return;
    const { maxBytes, now, onMessage } = this.#options;
    const origin = Buffer.from(`${transport} ${(socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '')}`);
    const framer = new MessageFramer(maxBytes, this.#held, (bytes, from, to, isCut) => {
      stream.insideSinceMs = Number.NaN;
      onMessage(transport, origin, bytes, from, to, isCut);
    });
    const stream: Stream = { socket, framer, lastByteMs: now(), insideSinceMs: Number.NaN };
    this.#streams.add(stream);
    socket.on('data', (chunk: Buffer) => {
      framer.push(chunk);
      stream.lastByteMs = now();
      this.#lastByteMs = stream.lastByteMs;
      if (!framer.isInside) stream.insideSinceMs = Number.NaN;
      else if (Number.isNaN(stream.insideSinceMs)) stream.insideSinceMs = stream.lastByteMs;
    });
    socket.on('end', () => this.#end(stream, framer.finish()));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#end(stream, framer.discard()));
    if (this.#isPaused) socket.pause();
  }

  /** Once for each stream. */
  #end(stream: Stream, isWhole: boolean): void {
    if (!isWhole) this.#options.onIncomplete();
    this.#streams.delete(stream);
  }

  #sweep(): void {
    if (this.#isPaused) return;
    const { idleMs, messageMs, now } = this.#options;
    const time = now();
    for (const stream of this.#streams) {
      if (time - stream.lastByteMs < idleMs && !(time - stream.insideSinceMs >= messageMs)) continue;
      this.timedOut += 1;
      this.#end(stream, stream.framer.finish());
      stream.socket.destroy();
    }
  }
}
