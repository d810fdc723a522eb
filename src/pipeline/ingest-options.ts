import type { Config } from '../config/load-config.ts';
import type { IngestOptions } from '../ingest/index.ts';

/** What the configuration says about reading records. @param timeZone in place of `time.zone` */
export function ingestOptions(config: Config, timeZone: string = config.time.zone): IngestOptions {
  const { maxRecordBytes, internalDomains, sensitivePatterns, referenceYear } = config.ingest;
  return {
    timeZone,
    maxRecordBytes,
    internalDomains,
    sensitivePatterns: sensitivePatterns as IngestOptions['sensitivePatterns'],
    ...(referenceYear === 0 ? {} : { referenceYear }),
  };
}
