import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS } from '../../../src/domain/time.ts';
import { type Identity, issueIdentities } from './issue.ts';

export interface LoadedIdentity extends Identity {
  caFile: string;
}

const RENEW_BEFORE_MS = 30 * DAY_MS;

/** The server's identity from `folder`, issued there at the first start and again a month before it ends. */
export function loadIdentity(folder: string, hosts: readonly string[], nowMs: number): LoadedIdentity {
  const path = (file: string): string => join(folder, file);
  const caFile = path('ca.pem');
  const read = (): LoadedIdentity => ({
    caFile,
    certificate: readFileSync(path('server.pem'), 'utf8'),
    key: readFileSync(path('server-key.pem'), 'utf8'),
  });
  if (['ca.pem', 'server.pem', 'server-key.pem'].every((file) => existsSync(path(file)))) {
    const loaded = read();
    if (serves(loaded.certificate, hosts, nowMs)) return loaded;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { authority, server } = issueIdentities(hosts, nowMs);
  writeFileSync(path('server-key.pem'), server.key, { mode: 0o600 });
  writeFileSync(path('server.pem'), server.certificate);
  writeFileSync(caFile, authority.certificate);
  return read();
}

function serves(pem: string, hosts: readonly string[], nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const covers = (host: string): boolean => Boolean(certificate.checkHost(host) ?? certificate.checkIP(host));
    return Date.parse(certificate.validTo) - nowMs > RENEW_BEFORE_MS && hosts.every(covers);
  } catch {
    return false;
  }
}
