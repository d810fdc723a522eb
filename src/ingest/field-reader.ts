/** Absent, empty and the placeholders log sources write for "nothing". */
export function textOf(value: unknown): string {
  if (typeof value === 'string') {
    const trimmed = value.trim();
    return trimmed === '-' || trimmed === 'null' || trimmed === '(null)' ? '' : trimmed;
  }
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : '';
}

/** A non-negative finite number from decimal or 0x text; 0 when it is anything else. */
export function countOf(value: unknown): number {
  const number = typeof value === 'string' && value.trim() === '' ? 0 : Number(value);
  return Number.isFinite(number) && number > 0 ? number : 0;
}

/** `DOMAIN\user`, or the user alone when there is no domain or the name carries one already. */
export function accountName(user: string, domain: string): string {
  if (user === '' || domain === '' || user.includes('\\') || user.includes('@')) return user;
  return `${domain}\\${user}`;
}

/** Plain IPv4 out of an IPv4-mapped IPv6 address; other text unchanged. */
export function plainAddress(text: string): string {
  return text.startsWith('::ffff:') && text.includes('.') ? text.slice(7) : text;
}
