/** How an account is written. */
export type AccountForm = 'bare' | 'domain' | 'address' | 'sid';

/** An account text taken apart; everything lower-case, `authority` is `''` where none is written, no backslash left. */
export interface AccountParts {
  form: AccountForm;
  /** What stands for the domain or computer: `theshire`, `theshire.local`, `workstation5`. */
  authority: string;
  name: string;
}

const SID = /^s-1-\d{1,15}(?:-\d{1,15}){0,15}$/;
/** Authorities that mean "this computer" or nothing at all. */
const NO_AUTHORITY = new Set(['.', '-', 'localhost', '(null)', 'null', 'n/a']);

/** Takes an account apart as Windows writes it: `DOMAIN\user`, `user@domain`, a SID, or a bare name. Never throws. */
export function parseAccount(text: string): AccountParts {
  const lower = text.normalize('NFKC').trim().toLowerCase();
  if (SID.test(lower)) return { form: 'sid', authority: '', name: lower };
  // Backslashes after the first separate nothing; `.\CORP\user` says "here" and then the domain.
  const [first = '', ...rest] = lower
    .split('\\')
    .filter((part, i, all) => i === all.length - 1 || withoutDots(part) !== '');
  if (rest.length === 0) return parseAddress(first) ?? { form: 'bare', authority: '', name: first };
  const name = rest.join('/');
  // `THESHIRE\pgustavo@THESHIRE.LOCAL` occurs in ticket requests: the address says it all.
  return parseAddress(name) ?? { form: 'domain', authority: withoutDots(first), name };
}

function parseAddress(text: string): AccountParts | undefined {
  const at = text.lastIndexOf('@');
  if (at <= 0 || at === text.length - 1) return undefined;
  const authority = withoutDots(text.slice(at + 1));
  return authority === '' ? undefined : { form: 'address', authority, name: text.slice(0, at) };
}

function withoutDots(authority: string): string {
  const trimmed = authority.trim();
  return NO_AUTHORITY.has(trimmed) ? '' : trimmed.replace(/\.$/, '');
}

/** Identifiers of domain and directory accounts. The others (`S-1-5-18`, groups, capabilities) are shared by everyone. */
export const isPersonalSid = (sid: string): boolean => /^s-1-(?:5-21|12-1)(?:-\d{1,15}){4,5}$/i.test(sid);
