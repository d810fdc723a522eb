import type { Sample, ServiceStatus } from '../api/status.ts';
import type { SourceGap } from '../pipeline/find-gaps.ts';
import type { LiveAnalysis } from '../pipeline/live-analysis.ts';
import type { PartState } from '../pipeline/service-parts.ts';
import type { BudgetReport } from '../qradar/query-budget.ts';
import type { DataStore } from '../store/open-data-store.ts';
import type { SyslogStats } from '../syslog/types.ts';
import type { ReadState } from './qradar-parts.ts';
import type { Tally } from './tally.ts';

export interface StatusInput {
  version: string;
  phase: string;
  startedMs: number;
  states: ReadonlyMap<string, PartState>;
  tally: Tally;
  read: ReadState;
  analysis: LiveAnalysis;
  budget(): BudgetReport | undefined;
  syslog(): SyslogStats | undefined;
  gaps(): Promise<readonly SourceGap[]>;
  store: Pick<DataStore, 'writebacks' | 'campaignEvents'>;
  now(): number;
}

const gauge = (name: string, help: string, value: number, labels?: Record<string, string>): Sample => ({
  name,
  help,
  value,
  ...(labels ? { labels } : {}),
});

/** Everything that health, readiness and metrics tell. */
export async function readStatus(input: StatusInput): Promise<ServiceStatus> {
  const { version, phase, startedMs, states, tally } = input;
  const budget = input.budget();
  const syslog = input.syslog();
  return {
    version,
    phase,
    startedMs,
    parts: [...states.values()],
    counters: [
      ...tally.samples(),
      ...(budget ? budgetCounters(budget) : []),
      ...(syslog ? syslogCounters(syslog) : []),
    ],
    gauges: [
      ...lags(input, syslog),
      ...analysisGauges(input),
      ...(await noteGauges(input)),
      ...(budget ? budgetGauges(budget) : []),
      ...(syslog ? syslogGauges(syslog) : []),
      gauge(
        'log_source_gaps',
        'Times of the last two weeks about which too little is known.',
        (await input.gaps()).length,
      ),
      gauge(
        'context_gaps',
        'What could not be read of the console at the last try.',
        input.read.context?.gaps.length ?? 0,
      ),
    ],
  };
}

function lags({ read, now }: StatusInput, syslog: SyslogStats | undefined): Sample[] {
  const lag = (source: string, ms: number) =>
    gauge('source_lag_seconds', 'How far reading of a source is behind.', Math.max(0, ms) / 1000, { source });
  return [
    ...(read.events ? [lag('qradar-events', read.events.behindMs)] : []),
    ...(read.features ? [lag('qradar-features', read.features.behindMs)] : []),
    ...(read.flows ? [lag('qradar-flows', read.flows.behindMs)] : []),
    ...(read.senseUntilMs === undefined ? [] : [lag('ibm-sense', now() - read.senseUntilMs)]),
    ...(syslog ? [lag('syslog', syslog.oldestUnstoredMs)] : []),
  ];
}

function analysisGauges({ analysis }: StatusInput): Sample[] {
  const latest = analysis.latest();
  if (!latest) return [];
  const { people, alerts, seconds } = latest.analysis.summary;
  return [
    gauge('analysis_people', 'People of the latest analysis.', people),
    gauge('analysis_alerts', 'Alerts of the latest analysis, over all days it shows.', alerts),
    gauge('analysis_time_seconds', 'When it was made, epoch seconds.', latest.atMs / 1000),
    gauge('analysis_covered_seconds', 'Activities up to here are in it, epoch seconds.', latest.coveredMs / 1000),
    ...Object.entries(seconds).map(([stage, value]) =>
      gauge('analysis_stage_seconds', 'How long each stage took.', value, { stage }),
    ),
  ];
}

async function noteGauges({ store }: StatusInput): Promise<Sample[]> {
  const counts = await store.writebacks.counts();
  const campaigns = await store.campaignEvents.counts();
  return [
    ...Object.entries(counts).map(([state, value]) => gauge('notes', 'First notes by state.', value, { state })),
    ...campaigns.map(({ state, note, n }) =>
      gauge('campaign_events', 'States of campaigns by where event and note stand.', n, { state, note }),
    ),
  ];
}

const budgetCounters = (report: BudgetReport): Sample[] => [
  gauge('qradar_searches_total', 'Searches started on the console.', report.searches),
  gauge('qradar_searches_failed_total', 'Searches that failed.', report.failed),
  gauge('qradar_search_rows_total', 'Rows read from searches.', report.rows),
  gauge('qradar_search_running_seconds_total', 'Time searches ran on the console.', report.runningMs / 1000),
  gauge(
    'qradar_search_queued_seconds_total',
    'Time searches stood in the queue of the console.',
    report.queuedMs / 1000,
  ),
  gauge('qradar_search_held_back_seconds_total', 'Time work waited for the budget.', report.heldBackMs / 1000),
  gauge('qradar_search_back_offs_total', 'Times the number of parallel searches was halved.', report.backOffs),
  gauge('qradar_searches_left_behind_total', 'Searches that could not be deleted after reading.', report.leftBehind),
];

const budgetGauges = (report: BudgetReport): Sample[] => [
  gauge('qradar_search_share_used', 'Share of the time in which searches ran.', report.usedShare),
  gauge('qradar_search_share_allowed', 'Share of the time in which searches may run.', report.allowedShare),
  gauge('qradar_searches_active', 'Searches that run now.', report.active),
  gauge('qradar_searches_parallel', 'Searches that may run in parallel now.', report.parallelNow),
];

const syslogCounters = (stats: SyslogStats): Sample[] => [
  ...Object.entries(stats.received).map(([transport, value]) =>
    gauge('syslog_received_total', 'Messages received, the dropped ones included.', value, { transport }),
  ),
  ...Object.entries(stats.dropped).map(([reason, value]) =>
    gauge('syslog_dropped_total', 'Messages received and not kept.', value, { reason }),
  ),
  ...(stats.kernelDrops === undefined
    ? []
    : [
        gauge(
          'syslog_kernel_dropped_total',
          'Datagrams the kernel dropped before they could be read.',
          stats.kernelDrops,
        ),
      ]),
  gauge('syslog_accepted_total', 'Messages that became durable in the spool.', stats.accepted),
  gauge('syslog_accepted_bytes_total', 'Their bytes.', stats.acceptedBytes),
  gauge('syslog_cut_total', 'Messages longer than allowed, of which the start is kept.', stats.cut),
  gauge('syslog_pauses_total', 'Times senders were made to wait.', stats.pauses),
  gauge('syslog_disk_failures_total', 'Failed writes to the spool.', stats.diskFailures),
  gauge(
    'syslog_refused_connections_total',
    'Streams turned away because there were too many.',
    stats.refusedConnections,
  ),
  gauge(
    'syslog_timed_out_connections_total',
    'Streams closed because they were idle or stuck.',
    stats.timedOutConnections,
  ),
  gauge('syslog_corrupt_bytes_total', 'Spool that could not be read back.', stats.corruptBytes),
  gauge('syslog_failed_handshakes_total', 'TLS handshakes that failed.', stats.failedHandshakes),
];

const syslogGauges = (stats: SyslogStats): Sample[] => [
  gauge('syslog_connections', 'Streams that are open.', stats.connections),
  gauge('syslog_spool_bytes', 'Disk that the spool takes.', stats.spoolBytes),
  gauge('syslog_spool_limit_bytes', 'Disk that the spool may take.', stats.spoolLimitBytes),
  gauge('syslog_unstored_bytes', 'Durable in the spool and not stored yet.', stats.unstoredBytes),
  gauge('syslog_paused', 'Whether senders wait now, by reason.', stats.paused === undefined ? 0 : 1, {
    reason: stats.paused ?? 'none',
  }),
];
