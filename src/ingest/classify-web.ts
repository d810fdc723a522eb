import type { WebCategory } from '../domain/activity.ts';
import { WEB_HOSTS } from './web-hosts.ts';

const BY_HOST = new Map<string, WebCategory>();
/** Sites told apart by the first segment of the path, as `host/segment`. */
const BY_HOST_AND_SEGMENT = new Map<string, WebCategory>();
for (const [category, hosts] of Object.entries(WEB_HOSTS)) {
  for (const host of hosts.split(/\s+/)) {
    if (host === '') continue;
    const table = host.includes('/') ? BY_HOST_AND_SEGMENT : BY_HOST;
    if (!table.has(host)) table.set(host, category as WebCategory);
  }
}

const MAX_CACHED_HOSTS = 50_000;
const categoryCache = new Map<string, WebCategory>();

/** Host of a URL, `host:port` or bare host, lower case without port; `''` when there is none. */
export function hostOf(url: string): string {
  const host = findHost(url);
  return host.length <= MAX_HOST_CHARS ? host : '';
}

/** Longest name DNS allows. */
const MAX_HOST_CHARS = 253;

function findHost(url: string): string {
  let start = url.indexOf('://');
  start = start < 0 || start > 12 ? 0 : start + 3;
  let end = start;
  for (; end < url.length; end++) {
    const code = url.charCodeAt(end);
    // / ? # \ space
    if (code === 47 || code === 63 || code === 35 || code === 92 || code === 32) break;
  }
  const at = url.lastIndexOf('@', end - 1);
  if (at >= start) start = at + 1;
  if (url.charCodeAt(start) === 91) {
    const bracket = url.indexOf(']', start);
    return bracket > 0 && bracket < end ? url.slice(start + 1, bracket).toLowerCase() : '';
  }
  const colon = url.indexOf(':', start);
  if (colon >= 0 && colon < end) end = colon;
  const host = url.slice(start, end).toLowerCase();
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

const PRIVATE_HOST =
  /^(?:localhost|10\.\d+\.\d+\.\d+|127\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|169\.254\.\d+\.\d+|::1|f[cd][0-9a-f]{2}:.*|fe80:.*)$/;
const INTERNAL_SUFFIX = /\.(?:local|lan|corp|internal|intranet|intra|home\.arpa)$/;

/** Whether the host is the domain or lies below one of the domains. */
export function isInDomains(host: string, domains: ReadonlySet<string>): boolean {
  if (domains.size === 0) return false;
  for (let at = 0; ; ) {
    if (domains.has(at === 0 ? host : host.slice(at))) return true;
    const dot = host.indexOf('.', at);
    if (dot < 0) return false;
    at = dot + 1;
  }
}

function categoryOfHost(host: string): WebCategory {
  if (PRIVATE_HOST.test(host) || INTERNAL_SUFFIX.test(host) || !/[.:]/.test(host)) return 'internal';
  if (host.endsWith('.onion')) return 'anonymizer';
  for (let at = 0; ; ) {
    const category = BY_HOST.get(at === 0 ? host : host.slice(at));
    if (category !== undefined) return category;
    const dot = host.indexOf('.', at);
    if (dot < 0) break;
    at = dot + 1;
  }
  if (/key-?logg/.test(host)) return 'surveillance_tools';
  if (/^(?:jobs?|careers?|karriere|stellen|recruiting)[.-]|[.-]?(?:jobs|careers)\.[a-z.]+$/.test(host))
    return 'job_search';
  if (/^(?:webmail|mail|owa)\./.test(host)) return 'webmail';
  if (/(?:^|[.-])(?:vpn|proxy|anonym)[a-z]*\./.test(host)) return 'anonymizer';
  return 'other';
}

const JOB_PATH = /^\/(?:jobs?|careers?|vacanc(?:y|ies)|job-?search|resume)(?:[/?#_-]|$)/i;

/**
 * Category of a web destination from its host and, where the host alone does not tell, the head of its path.
 * The organisation's own domains are `internal`.
 */
export function webCategory(url: string, host: string, internalDomains: ReadonlySet<string>): WebCategory {
  if (host === '') return 'none';
  if (isInDomains(host, internalDomains)) return 'internal';
  let category = categoryCache.get(host);
  if (category === undefined) {
    category = categoryOfHost(host);
    if (categoryCache.size >= MAX_CACHED_HOSTS) categoryCache.clear();
    categoryCache.set(host, category);
  }
  if (category !== 'other' && category !== 'social' && category !== 'cloud_storage') return category;
  const path = pathOf(url, host);
  if (path.length < 3) return category;
  if (BY_HOST_AND_SEGMENT.size > 0 && category !== 'other') {
    const segment = path.slice(0, (path.indexOf('/', 1) + 1 || path.length + 1) - 1);
    const site = host.startsWith('www.') ? host.slice(4) : host;
    return BY_HOST_AND_SEGMENT.get(site + segment.toLowerCase()) ?? category;
  }
  return JOB_PATH.test(path) ? 'job_search' : category;
}

function pathOf(url: string, host: string): string {
  const scheme = url.indexOf('://');
  const slash = url.indexOf('/', scheme < 0 || scheme > 12 ? host.length : scheme + 3 + host.length);
  return slash < 0 ? '' : url.slice(slash);
}
