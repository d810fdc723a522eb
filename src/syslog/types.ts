/** Where messages come in. */
export const TRANSPORTS = ['udp', 'tcp', 'tls'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Why a message was received, in whole or in part, and not kept. Each has a counter; none is dropped for another reason. */
export const DROP_REASONS = {
  'spool-full': 'a datagram came while the spool was full',
  'disk-failed': 'a datagram came while the disk refused to write; or the listener was closed while it did',
  busy: 'a datagram came while the disk did not keep up',
  incomplete: 'a stream ended in the middle of a message',
} as const;
export type DropReason = keyof typeof DROP_REASONS;

export interface SyslogOptions {
  /** Address to listen on. */
  host: string;
  /** A port is listened on when it is given; 0 is any free one. */
  udpPort?: number;
  tcpPort?: number;
  tlsPort?: number;
  /** PEM text, needed for `tlsPort`. */
  tls?: TlsIdentity;
  /** Holds the spool and nothing else; made when absent. One listener at a time. */
  directory: string;
  /** Encrypts what lies in the spool, 32 bytes. Absent: it is readable. */
  key?: Uint8Array;
  /** Disk that the spool may take, at least 1 MiB. */
  spoolBytes: number;
  /** A longer message is cut to its start and marked. */
  maxRecordBytes: number;
  /** Streams at the same time. */
  maxConnections: number;
  /** Group commit: what came in within so many milliseconds is made durable together. Default 20. */
  flushMs?: number;
  /** A stream without a byte for so long is closed. Default a day. */
  idleMs?: number;
  /** A stream that does not finish a message within so long is closed. Default a minute. */
  messageMs?: number;
}

export interface TlsIdentity {
  certificate: string;
  key: string;
  /** Set: senders without a certificate from this authority are refused. */
  clientAuthority?: string;
}

/** Ports listened on; `undefined` = off. */
export type SyslogPorts = Record<Transport, number | undefined>;

/** Counters since the start, and the present state. */
export interface ReceiverStats {
  /** Messages by transport, the dropped ones included. */
  received: Record<Transport, number>;
  /** Messages in the spool since the start, durable. */
  accepted: number;
  /** Their bytes, as received. */
  acceptedBytes: number;
  dropped: Record<DropReason, number>;
  /** Messages that were longer than allowed: their start is kept. */
  cut: number;
  /** Datagrams that the kernel dropped before we could read them. `undefined`: not known on this system. */
  kernelDrops: number | undefined;
  /** Receive buffer that the kernel granted for UDP. */
  udpBufferBytes: number;
  connections: number;
  /** Streams turned away because there were too many. */
  refusedConnections: number;
  /** TLS handshakes that failed, a missing or strange client certificate among the reasons. */
  failedHandshakes: number;
  /** Streams closed because they were idle or did not finish a message. */
  timedOutConnections: number;
  /** Why senders wait now. */
  paused: 'spool-full' | 'disk-failed' | 'busy' | undefined;
  /** How often senders were made to wait for room or for the disk. */
  pauses: number;
  spoolBytes: number;
  spoolLimitBytes: number;
  /** Failed attempts to write, and the system's code of the last one, until a write succeeds. */
  diskFailures: number;
  diskProblem: string | undefined;
}

export interface SyslogStats extends ReceiverStats {
  /** Durable and not yet acknowledged. */
  unstoredBytes: number;
  /** Age of the oldest message that is not acknowledged. 0: there is none. */
  oldestUnstoredMs: number;
  /** Spool that could not be read back. */
  corruptBytes: number;
}

/** One message as it came in. */
export interface SyslogRecord {
  text: string;
  /** Listener and sender, for people: `syslog tcp 192.0.2.7`. */
  origin: string;
  /** Arrival, UTC epoch milliseconds; the same whenever it is read. */
  receivedMs: number;
  /** Only the start of the message is here. */
  isTooLong: boolean;
  /** Each sequence of bytes that is not UTF-8 is U+FFFD in the text. */
  isBadUtf8: boolean;
}

export interface SyslogBatch {
  records: SyslogRecord[];
  /** To be acknowledged once the records are stored. */
  position: number;
}

export interface SyslogListener {
  readonly ports: SyslogPorts;
  stats(): SyslogStats;
  /**
   * The next messages in order of arrival, at most about `maxRecords` (what became durable together stays together). Waits
   * up to `waitMs` (default: for ever) for the first; then, and when the signal aborts, the batch is empty. Throws
   * SYSLOG_SPOOL_FAILED when the spool cannot be read (the next call tries again) and WORKER_FAILED when the receiver is gone.
   */
  read(maxRecords: number, signal: AbortSignal, waitMs?: number): Promise<SyslogBatch>;
  /** Everything up to the position is stored: it never comes again, and its disk is given back. */
  acknowledge(position: number): void;
  /** Reads again from the last acknowledged position. */
  rewind(): void;
  /** Takes in what has arrived, makes it durable, stops. Unacknowledged messages are read by the next listener. */
  close(): Promise<void>;
}
