import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/load-config.ts';
import { AppError, messageOf } from '../domain/errors.ts';
import { parseSyslogLine } from '../ingest/index.ts';
import { ingestOptions } from '../pipeline/ingest-options.ts';
import { createLiveWriter } from '../pipeline/live-writer.ts';
import type { ServicePart } from '../pipeline/service-parts.ts';
import { storeSyslogStep } from '../pipeline/store-syslog.ts';
import type { DataStore } from '../store/open-data-store.ts';
import { openSyslogListener } from '../syslog/open-listener.ts';
import type { SyslogListener, TlsIdentity } from '../syslog/types.ts';
import type { TrackingHolder } from './qradar-parts.ts';
import type { Tally } from './tally.ts';

export interface SyslogPart {
  listener: SyslogListener;
  part: ServicePart;
  close(): Promise<void>;
}

export const isSyslogOn = ({ syslog }: Config): boolean => syslog.udpPort + syslog.tcpPort + syslog.tlsPort > 0;

/** Opens the listener. Throws SYSLOG_LISTEN_FAILED, SYSLOG_SPOOL_FAILED or INPUT_NOT_FOUND. */
export async function openSyslogPart(
  config: Config,
  store: DataStore,
  tracking: TrackingHolder,
  tally: Tally,
  now: () => number,
): Promise<SyslogPart> {
  const { syslog } = config;
  const listener = await openSyslogListener(
    {
      host: syslog.host,
      ...(syslog.udpPort > 0 ? { udpPort: syslog.udpPort } : {}),
      ...(syslog.tcpPort > 0 ? { tcpPort: syslog.tcpPort } : {}),
      ...(syslog.tlsPort > 0 ? { tlsPort: syslog.tlsPort, tls: await readIdentity(config) } : {}),
      directory: join(config.data.directory, 'spool'),
      ...(store.spoolKey ? { key: store.spoolKey } : {}),
      spoolBytes: syslog.spoolMb * 1_048_576,
      maxRecordBytes: config.ingest.maxRecordBytes,
      maxConnections: syslog.maxConnections,
    },
    now,
  );
  const writer = createLiveWriter(store, 'syslog');
  const ports = {
    source: listener,
    writer,
    parse: parseSyslogLine,
    options: ingestOptions(config),
    tracking: () => tracking.current,
    now,
  };
  return {
    listener,
    part: {
      name: 'syslog',
      lane: 'syslog',
      everyMs: 0,
      isRequired: true,
      async run(signal) {
        tally.add('syslog', await storeSyslogStep(ports, signal));
        return 'more';
      },
    },
    async close() {
      await listener.close();
      await writer.finish(now());
    },
  };
}

async function readIdentity({ syslog }: Config): Promise<TlsIdentity> {
  const [certificate, key] = [await readPem('certFile', syslog.certFile), await readPem('keyFile', syslog.keyFile)];
  if (syslog.clientCaFile === '') return { certificate, key };
  return { certificate, key, clientAuthority: await readPem('clientCaFile', syslog.clientCaFile) };
}

async function readPem(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new AppError('INPUT_NOT_FOUND', `cannot read syslog.${name} ${path}: ${messageOf(error)}`, { cause: error });
  }
}
