import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Datagrams that the kernel dropped at our UDP socket because its receive buffer was full, since it was opened (the column
 * `drops` of /proc/net/udp and udp6, Linux). Found by port among the sockets of this process; `undefined` where that is not
 * known: other systems, or a /proc that is not ours to read. What is lost before it reaches the socket (a full network card,
 * a router) is known to nobody here.
 */
export function readKernelDrops(port: number, family: 'IPv4' | 'IPv6'): number | undefined {
  try {
    const table = readFileSync(family === 'IPv6' ? '/proc/self/net/udp6' : '/proc/self/net/udp', 'utf8');
    const own = ownSockets();
    for (const line of table.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const isPort = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16) === port;
      if (isPort && own.has(fields[9]!)) return Number(fields[12]);
    }
  } catch {
    // Not Linux.
  }
  return undefined;
}

/** Inodes of the sockets of this process. */
function ownSockets(): Set<string> {
  const inodes = new Set<string>();
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      const match = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${name}`));
      if (match) inodes.add(match[1]!);
    } catch {
      // Closed since it was listed.
    }
  }
  return inodes;
}
