import type { FileCategory, Sensitivity } from '../domain/activity.ts';
import { fileCategory } from './classify-file.ts';
import { pathSensitivity } from './classify-sensitivity.ts';
import { isInDomains } from './classify-web.ts';
import type { ParseContext } from './options.ts';

/** Addresses of a `;`- or `,`-separated list, `Name <address>` reduced to the address. */
export function splitAddresses(list: string): string[] {
  if (list === '') return [];
  const addresses: string[] = [];
  for (const part of list.split(/[;,]/)) {
    const open = part.lastIndexOf('<');
    const address = (open < 0 ? part : part.slice(open + 1).replace('>', '')).trim();
    if (address !== '') addresses.push(address);
  }
  return addresses;
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** What a message says about where it goes and what it carries. `attachments` is a count or `name(size);name(size)`. */
export function describeMail(
  from: string,
  recipients: readonly string[],
  attachments: string,
  context: ParseContext,
): { external: number; target: string; attachments: number; fileCategory: FileCategory; sensitivity: Sensitivity } {
  const ownDomain = domainOf(from);
  const isInside = (domain: string): boolean =>
    context.internalDomains.size > 0 ? isInDomains(domain, context.internalDomains) : domain === ownDomain;
  let external = 0;
  let target = '';
  for (const recipient of recipients) {
    const domain = domainOf(recipient);
    if (isInside(domain)) continue;
    if (external === 0) target = domain;
    external++;
  }
  if (target === '' && recipients.length > 0) target = domainOf(recipients[0]!);
  const carried = attachments.trim();
  if (carried === '' || /^\d+$/.test(carried)) {
    return { external, target, attachments: Math.min(Number(carried), 1e6), fileCategory: 'none', sensitivity: 0 };
  }
  const names = carried.split(';').map((name) => name.replace(/\(\d*\)\s*$/, '').trim());
  let sensitivity: Sensitivity = 0;
  let category: FileCategory = 'none';
  let count = 0;
  for (const name of names) {
    if (name === '') continue;
    count++;
    if (category === 'none') category = fileCategory(name);
    const level = pathSensitivity(name, context);
    if (level > sensitivity) sensitivity = level;
  }
  return { external, target, attachments: count, fileCategory: category, sensitivity };
}
