import type { PartState } from '../pipeline/service-parts.ts';

/** What the service tells about itself. No name of a person or account is ever part of it. */
export interface ServiceStatus {
  version: string;
  phase: string;
  startedMs: number;
  parts: readonly PartState[];
  /** Counters since the start, by metric name without prefix; each with its labels. */
  counters: readonly Sample[];
  /** Present values. */
  gauges: readonly Sample[];
}

export interface Sample {
  name: string;
  help: string;
  value: number;
  labels?: Readonly<Record<string, string>>;
}

/** Why the service is not ready; empty when it is. */
export const notReadyReasons = ({ parts }: ServiceStatus): string[] =>
  parts
    .filter(({ isRequired }) => isRequired)
    .flatMap(({ name, lastSuccessMs, problem }) => {
      if (problem) return [`${name}: ${problem.code}`];
      return lastSuccessMs === undefined ? [`${name}: has not run yet`] : [];
    });
