import type { Meaning } from '../features/aql-profile.ts';
import { CREDENTIAL_NAMES, EXTENSIONS } from '../ingest/classify-file.ts';
import { CONFIDENTIAL_WORDS, SECRET_WORDS } from '../ingest/classify-sensitivity.ts';
import { hostOf, webCategory } from '../ingest/classify-web.ts';
import type { IngestOptions } from '../ingest/options.ts';
import { SECURITY_RULES } from '../ingest/windows-security-rules.ts';

/** An extension that stands under two categories is of the first. */
function firstOfEach(extensions: typeof EXTENSIONS): Meaning['fileExtensions'] {
  const seen = new Set<string>();
  return Object.fromEntries(
    Object.entries(extensions).map(([category, list]) => {
      const own = list.split(' ').filter((one) => !seen.has(one));
      for (const one of own) seen.add(one);
      return [category, own.join(' ')];
    }),
  );
}

/** What our own ingest makes of events, for searches that are to mean the same. */
export function createMeaning({
  internalDomains,
  sensitivePatterns,
}: Pick<IngestOptions, 'internalDomains' | 'sensitivePatterns'>): Meaning {
  const internal = new Set(internalDomains.map((domain) => domain.toLowerCase()));
  return {
    windows: SECURITY_RULES,
    fileExtensions: firstOfEach(EXTENSIONS),
    credentialNames: CREDENTIAL_NAMES,
    sensitiveWords: [SECRET_WORDS, CONFIDENTIAL_WORDS],
    sensitivePatterns,
    webCategory: (host, path) => webCategory(`https://${host}${path}`, hostOf(host), internal),
  };
}
