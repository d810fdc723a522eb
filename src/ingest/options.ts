import type { Sensitivity } from '../domain/activity.ts';
import { compileWildcard } from './wildcard.ts';

/** Text to find in a path or resource, case-insensitive; `*` stands for any run of characters. */
export interface SensitivePattern {
  pattern: string;
  level: Sensitivity;
}

export interface IngestOptions {
  /** IANA zone of times written without one. */
  timeZone: string;
  /** Year of times written without one (RFC 3164). Absent: the latest year that does not put the record after `latestMs`. */
  referenceYear?: number;
  /** Records cannot be later than this (a file's modification time): decides the year when `referenceYear` is absent. */
  latestMs?: number;
  /** Time of a record that carries none at all, e.g. its arrival at a listener. Absent: such a record is a dead letter. */
  fallbackTimeMs?: number;
  /** Longest record taken, in bytes. */
  maxRecordBytes: number;
  /** Mail and web domains of the organisation. Empty: only a sender's own mail domain counts as inside. */
  internalDomains: readonly string[];
  sensitivePatterns: readonly SensitivePattern[];
}

export const DEFAULT_INGEST_OPTIONS: IngestOptions = {
  timeZone: 'UTC',
  maxRecordBytes: 1024 * 1024,
  internalDomains: [],
  sensitivePatterns: [],
};

/** Options made ready for the per-record code. */
export interface ParseContext {
  timeZone: string;
  referenceYear: number | undefined;
  latestMs: number;
  fallbackTimeMs: number;
  internalDomains: ReadonlySet<string>;
  sensitivePatterns: readonly { matches: (lowerCaseText: string) => boolean; level: Sensitivity }[];
}

const contexts = new WeakMap<IngestOptions, ParseContext>();

/** Compiles the options once per options object. */
export function parseContext(options: IngestOptions): ParseContext {
  let context = contexts.get(options);
  if (!context) {
    context = {
      timeZone: options.timeZone,
      referenceYear: options.referenceYear,
      latestMs: options.latestMs ?? Number.NaN,
      fallbackTimeMs: options.fallbackTimeMs ?? Number.NaN,
      internalDomains: new Set(options.internalDomains.map((domain) => domain.toLowerCase())),
      sensitivePatterns: options.sensitivePatterns.map(({ pattern, level }) => ({
        matches: compileWildcard(pattern),
        level,
      })),
    };
    contexts.set(options, context);
  }
  return context;
}
