import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { readKernelDrops } from './kernel-drops.ts';

/** The kernel grants at most its own limit (net.core.rmem_max), and counts its bookkeeping into it. */
const RECEIVE_BUFFER_BYTES = 16 << 20;
const MAX_SENDERS = 10_000;

export interface DatagramServer {
  readonly port: number;
  readonly bufferBytes: number;
  /** See `readKernelDrops`. The last known figure once the socket is closed. */
  kernelDrops(): number | undefined;
  close(): Promise<void>;
}

/** One message a datagram (RFC 5426). @param onMessage gets the same `origin` object for one sender as long as it is known */
export async function listenDatagrams(
  host: string,
  port: number,
  onMessage: (bytes: Buffer, to: number, origin: Buffer) => void,
): Promise<DatagramServer> {
  const isSixth = isIPv6(host);
  const socket = createSocket({ type: isSixth ? 'udp6' : 'udp4' });
  const origins = new Map<string, Buffer>();
  socket.on('message', (bytes, { address }) => {
    let to = bytes.length;
    while (to > 0 && isEnd(bytes[to - 1]!)) to--;
    if (to === 0) return;
    let origin = origins.get(address);
    if (!origin) {
      if (origins.size >= MAX_SENDERS) origins.clear();
      origin = Buffer.from(`udp ${address.replace(/^::ffff:/, '')}`);
      origins.set(address, origin);
    }
    onMessage(bytes, to, origin);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  // An asynchronous error of one datagram says nothing about the next.
  socket.on('error', () => {});
  const bufferBytes = enlarge(socket);
  const bound = socket.address().port;
  const kernelDrops = () => readKernelDrops(bound, isSixth ? 'IPv6' : 'IPv4');
  let lastDrops: number | undefined;
  let isOpen = true;
  return {
    port: bound,
    bufferBytes,
    kernelDrops: () => (isOpen ? kernelDrops() : lastDrops),
    async close() {
      lastDrops = kernelDrops();
      isOpen = false;
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

const isEnd = (byte: number): boolean => byte === 10 || byte === 13 || byte === 0;

function enlarge(socket: ReturnType<typeof createSocket>): number {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch {
    // Some systems refuse what Linux cuts to its limit.
  }
  return socket.getRecvBufferSize();
}
