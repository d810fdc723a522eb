import { hkdfSync } from 'node:crypto';
import { createKeyedHash } from './keyed-hash.ts';

/** What a token stands for. The position is the stored code of the dictionary: append only. */
export const TOKEN_KINDS = [
  'account',
  'host',
  'resource',
  'process',
  'command',
  'scope',
  'verb',
  'domain',
  'log_source',
] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Kinds for which letter case makes no difference. Source, target and device are all `host`. */
const CASE_BLIND: ReadonlySet<TokenKind> = new Set(['host', 'scope', 'verb']);

export interface Tokenizer {
  /** Signed 64-bit keyed token of a text; 0 for `''`. Accounts: `account`. */
  token(kind: Exclude<TokenKind, 'account'>, text: string): bigint;
  /** Letter case is ignored; the same name in two domains is two accounts. */
  account(domain: string, account: string): bigint;
  /** `p-` and 16 hexadecimal digits. */
  pseudonym(text: string): string;
}

export function createTokenizer(key: Uint8Array): Tokenizer {
  const derive = (label: string) => createKeyedHash(new Uint8Array(hkdfSync('sha256', key, '', label, 32)));
  const [tokenHash, personHash] = [derive('undercurrent token 1'), derive('undercurrent person 1')];
  // 0 means absent.
  const tokenOf = (text: string): bigint => tokenHash(text).readBigInt64LE(0) || 1n;
  return {
    token: (kind, text) => (text === '' ? 0n : tokenOf(`${kind}\0${CASE_BLIND.has(kind) ? text.toLowerCase() : text}`)),
    account(domain, account) {
      if (account === '') return 0n;
      const scope = domain === '' ? 'account' : `account ${domain.length} ${domain.toLowerCase()}`;
      return tokenOf(`${scope}\0${account.toLowerCase()}`);
    },
    pseudonym: (text) => `p-${personHash(text).toString('hex', 0, 8)}`,
  };
}
