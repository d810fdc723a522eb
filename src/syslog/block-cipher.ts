import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts blocks of the spool: AES-256-GCM, a random nonce each; the block's header is authenticated with it. */
export interface BlockCipher {
  seal(body: Uint8Array, header: Uint8Array): Buffer;
  /** Throws when key, header or body are not those of `seal`. */
  open(sealed: Uint8Array, header: Uint8Array): Buffer;
}

/** The spool has a key of its own, made from the given one. */
export function createBlockCipher(key: Uint8Array): BlockCipher {
  const own = new Uint8Array(hkdfSync('sha256', key, '', 'undercurrent syslog spool 1', 32));
  return {
    seal(body, header) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', own, nonce).setAAD(header);
      const sealed = cipher.update(body);
      cipher.final();
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    open(sealed, header) {
      const decipher = createDecipheriv('aes-256-gcm', own, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(header)
        .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const body = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
      decipher.final();
      return body;
    },
  };
}
