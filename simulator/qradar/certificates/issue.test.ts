import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/domain/time.ts';
import { issueIdentities } from './issue.ts';
import { loadIdentity } from './load.ts';

const NOW = Date.UTC(2026, 0, 5);
const HOSTS = ['localhost', '127.0.0.1', '::1'];
const folder = mkdtempSync(join(tmpdir(), 'simulator-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('issueIdentities', () => {
  const { authority, server } = issueIdentities(HOSTS, NOW);
  const [ca, leaf] = [new X509Certificate(authority.certificate), new X509Certificate(server.certificate)];

  it('issues an authority and a server under it', () => {
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(leaf.publicKey)).toBe(false);
  });

  it('covers the hosts and the time asked for', () => {
    expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(Date.parse(leaf.validFrom)).toBe(NOW - DAY_MS);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });
});

describe('loadIdentity', () => {
  it('keeps the identity over a restart and renews it in time', () => {
    const first = loadIdentity(folder, HOSTS, NOW);
    expect(loadIdentity(folder, HOSTS, NOW + 100 * DAY_MS)).toEqual(first);
    const ca = readFileSync(first.caFile, 'utf8');
    expect(loadIdentity(folder, HOSTS, NOW + 800 * DAY_MS).certificate).not.toBe(first.certificate);
    expect(readFileSync(first.caFile, 'utf8')).not.toBe(ca);
  });
});
