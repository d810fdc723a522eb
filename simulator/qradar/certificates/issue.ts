import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { isIP } from 'node:net';
import { DAY_MS } from '../../../src/domain/time.ts';
import {
  bitString,
  boolean,
  integer,
  objectId,
  octetString,
  sequence,
  setOf,
  tagged,
  time,
  utf8String,
} from './der.ts';

export interface Identity {
  certificate: string;
  key: string;
}

const ECDSA_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
const KEY_USAGE = { authority: Buffer.from([0x06]), server: Buffer.from([0x80]) }; // keyCertSign + cRLSign; digitalSignature
const VALID_DAYS = 820;
const ISSUER = 'Undercurrent simulator CA';

const name = (common: string): Buffer => sequence(setOf(sequence(objectId('2.5.4.3'), utf8String(common))));

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(objectId(id), ...(critical ? [boolean(true)] : []), octetString(value));

const spki = (key: KeyObject): Buffer => createPublicKey(key as never).export({ type: 'spki', format: 'der' });
/** RFC 5280, 4.2.1.2, method 1 over the whole key info: any stable value will do. */
const keyId = (key: KeyObject): Buffer => createHash('sha1').update(spki(key)).digest();

function generalName(host: string): Buffer {
  if (isIP(host) === 4) return tagged(7, false, Buffer.from(host.split('.').map(Number)));
  if (host === '::1') return tagged(7, false, Buffer.from([...Array(15).fill(0), 1]));
  return tagged(2, false, Buffer.from(host));
}

interface Plan {
  subject: string;
  issuer: string;
  subjectKey: KeyObject;
  issuerKey: KeyObject;
  nowMs: number;
  extensions: Buffer[];
}

function issue(plan: Plan): Identity {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const body = sequence(
    tagged(0, true, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_SHA256,
    name(plan.issuer),
    sequence(time(plan.nowMs - DAY_MS), time(plan.nowMs + VALID_DAYS * DAY_MS)),
    name(plan.subject),
    spki(plan.subjectKey),
    tagged(
      3,
      true,
      sequence(
        ...plan.extensions,
        extension('2.5.29.14', false, octetString(keyId(plan.subjectKey))),
        extension('2.5.29.35', false, sequence(tagged(0, false, keyId(plan.issuerKey)))),
      ),
    ),
  );
  const der = sequence(body, ECDSA_SHA256, bitString(sign('sha256', body, plan.issuerKey)));
  const base64 = der.toString('base64').replace(/.{1,64}/g, '$&\n');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${base64}-----END CERTIFICATE-----\n`,
    key: plan.subjectKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** A fresh certificate authority and a server certificate under it, both P-256 (RFC 5280). */
export function issueIdentities(hosts: readonly string[], nowMs: number): { authority: Identity; server: Identity } {
  const authorityKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const serverKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const common = { issuer: ISSUER, issuerKey: authorityKey, nowMs };
  const authority = issue({
    ...common,
    subject: ISSUER,
    subjectKey: authorityKey,
    extensions: [
      extension('2.5.29.19', true, sequence(boolean(true))),
      extension('2.5.29.15', true, bitString(KEY_USAGE.authority, 1)),
    ],
  });
  const server = issue({
    ...common,
    subject: hosts[0] ?? 'localhost',
    subjectKey: serverKey,
    extensions: [
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, bitString(KEY_USAGE.server, 7)),
      extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, sequence(...hosts.map(generalName))),
    ],
  });
  return { authority, server };
}

/** A client certificate under the authority, for listeners that ask their senders for one. */
export function issueClient(authority: Identity, subject: string, nowMs: number): Identity {
  return issue({
    issuer: ISSUER,
    issuerKey: createPrivateKey(authority.key),
    subject,
    subjectKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    nowMs,
    extensions: [
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, bitString(KEY_USAGE.server, 7)),
      extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.2'))),
    ],
  });
}
