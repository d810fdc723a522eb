import { createHmac, createSecretKey, hash, hkdfSync } from 'node:crypto';

const BLOCK_BYTES = 64;
const SCRATCH_BYTES = 65_536;

/**
 * HMAC-SHA256 of text under one key, about a third faster than `createHmac` for short text: both passes are one-shot
 * hashes over prepared blocks. The result is valid until the next call.
 */
export function createKeyedHash(key: Uint8Array): (text: string) => Buffer {
  const secret = createSecretKey(key);
  const inner = Buffer.alloc(SCRATCH_BYTES);
  const outer = Buffer.alloc(BLOCK_BYTES + 32);
  for (let i = 0; i < BLOCK_BYTES; i++) {
    inner[i] = (key[i] ?? 0) ^ 0x36;
    outer[i] = (key[i] ?? 0) ^ 0x5c;
  }
  return (text) => {
    // A UTF-16 unit takes up to three bytes.
    if (text.length * 3 > SCRATCH_BYTES - BLOCK_BYTES) return createHmac('sha256', secret).update(text).digest();
    const length = inner.write(text, BLOCK_BYTES, 'utf8');
    outer.write(hash('sha256', inner.subarray(0, BLOCK_BYTES + length), 'hex'), BLOCK_BYTES, 'hex');
    return hash('sha256', outer, 'buffer');
  };
}

/**
 * Keyed 64-bit fingerprint of long text in one pass, for ids of records: SHA-256 over key and text, cut to 64 bits, so that
 * a prefix cannot be extended. Writes the low and high word to `out`.
 */
export function createFingerprint(key: Uint8Array): (text: string, out: Int32Array) => void {
  const prefix = Buffer.from(hkdfSync('sha256', key, '', 'undercurrent record id 1', 16)).toString('hex');
  return (text, out) => {
    const digest = hash('sha256', prefix + text, 'binary');
    out[0] = readWord(digest, 0);
    out[1] = readWord(digest, 4);
  };
}

const readWord = (text: string, at: number): number =>
  text.charCodeAt(at) |
  (text.charCodeAt(at + 1) << 8) |
  (text.charCodeAt(at + 2) << 16) |
  (text.charCodeAt(at + 3) << 24);
