import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Identity } from '../certificates/issue.ts';
import { HIGH_WATER, type Intake } from './intake.ts';

/** Default payload limits of the console; what is longer is cut. */
const UDP_LIMIT = 1024;
const TCP_LIMIT = 4096;
/** A line that never ends is cut here. */
const LINE_LIMIT = 65_536;

export interface SyslogServers {
  udp: number;
  tcp: number;
  tls: number;
  close(): Promise<void>;
}

export interface SyslogOptions {
  intake: Intake;
  host: string;
  /** UDP and TCP; TLS listens one above. 0 is any free port for each. */
  port: number;
  identity: Identity;
  now: () => number;
  /** Messages to lose or repeat, for faults. */
  copies: (text: string) => number;
}

/** Syslog over UDP, TCP and TLS; TCP messages end with a newline. */
export async function listenSyslog(options: SyslogOptions): Promise<SyslogServers> {
  const { host, port, identity } = options;
  const take = (text: string, peer: string): void => {
    if (text === '') return;
    for (let copy = options.copies(text); copy > 0; copy--)
      options.intake.accept({ text, peer, receivedMs: options.now() });
  };
  const sockets = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    readLines(socket, options.intake, take);
  };
  const tcp = createServer(onSocket);
  const tls = createTlsServer({ cert: identity.certificate, key: identity.key }, onSocket);
  tls.on('tlsClientError', () => {});
  const tcpPort = await listenTcp(tcp, host, port);
  const tlsPort = await listenTcp(tls, host, port === 0 ? 0 : port + 1);
  const udp = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  udp.on('message', (data, from) => take(data.subarray(0, UDP_LIMIT).toString('utf8').trimEnd(), from.address));
  const udpPort = await bindUdp(udp, host, port === 0 ? 0 : port);
  return {
    udp: udpPort,
    tcp: tcpPort,
    tls: tlsPort,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([
        new Promise((resolve) => tcp.close(resolve)),
        new Promise((resolve) => tls.close(resolve)),
        new Promise<void>((resolve) => udp.close(() => resolve())),
      ]);
    },
  };
}

function readLines(socket: Socket, intake: Intake, take: (text: string, peer: string) => void): void {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const cut = (line: Buffer): void => take(line.subarray(0, TCP_LIMIT).toString('utf8').trimEnd(), peer);
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    let buffer = rest.length > 0 ? Buffer.concat([rest, data]) : data;
    for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10)) {
      cut(buffer.subarray(0, end));
      buffer = buffer.subarray(end + 1);
    }
    rest = buffer;
    if (rest.length > LINE_LIMIT) {
      cut(rest);
      rest = Buffer.alloc(0);
    }
    if (intake.waiting > HIGH_WATER) {
      socket.pause();
      void intake.flush().then(() => socket.resume());
    }
  });
  socket.on('end', () => cut(rest));
}

function listenTcp(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function bindUdp(socket: UdpSocket, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => resolve(socket.address().port));
  });
}
