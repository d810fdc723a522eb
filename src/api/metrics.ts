import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Sample, ServiceStatus } from './status.ts';

const PREFIX = 'undercurrent_';

export interface Metrics {
  readonly contentType: string;
  /** The status in Prometheus' text format. */
  render(status: ServiceStatus): Promise<string>;
}

/** Every figure is read from the status when it is asked for: nothing has to be kept in two places. */
export function createMetrics(): Metrics {
  const own = new Registry();
  collectDefaultMetrics({ register: own, prefix: PREFIX });
  return {
    contentType: own.contentType,
    async render(status) {
      const register = new Registry();
      for (const [name, samples] of byName(status.counters)) {
        const counter = new Counter({ ...describe(name, samples), registers: [register] });
        for (const { labels, value } of samples) counter.inc(labels ?? {}, value);
      }
      for (const [name, samples] of byName([...status.gauges, ...partGauges(status)])) {
        const gauge = new Gauge({ ...describe(name, samples), registers: [register] });
        for (const { labels, value } of samples) gauge.set(labels ?? {}, value);
      }
      return `${await register.metrics()}\n${await own.metrics()}`;
    },
  };
}

const describe = (name: string, samples: readonly Sample[]) => ({
  name: PREFIX + name,
  help: samples[0]!.help,
  labelNames: Object.keys(samples[0]!.labels ?? {}),
});

function byName(samples: readonly Sample[]): Map<string, Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const group = groups.get(sample.name);
    if (group) group.push(sample);
    else groups.set(sample.name, [sample]);
  }
  return groups;
}

function partGauges({ parts, startedMs, version, phase }: ServiceStatus): Sample[] {
  const samples: Sample[] = [
    { name: 'info', help: 'Version and phase; always 1.', value: 1, labels: { version, phase } },
    { name: 'start_time_seconds', help: 'When the service started, epoch seconds.', value: startedMs / 1000 },
  ];
  for (const { name, runs, failures, failuresInRow, lastSuccessMs, lastDurationMs } of parts) {
    const add = (metric: string, help: string, value: number) =>
      samples.push({ name: metric, help, value, labels: { part: name } });
    add('part_runs', 'Steps of a part since the start.', runs);
    add('part_failures', 'Failed steps of a part since the start.', failures);
    add('part_failures_in_row', 'Failed steps since the last success.', failuresInRow);
    add(
      'part_last_success_seconds',
      'When a part last succeeded, epoch seconds; 0 = never.',
      (lastSuccessMs ?? 0) / 1000,
    );
    add('part_last_duration_seconds', 'How long the last successful step took.', (lastDurationMs ?? 0) / 1000);
  }
  return samples;
}
