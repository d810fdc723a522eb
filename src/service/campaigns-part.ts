import { openSyslogSender } from '../adapters.ts';
import type { Logger } from '../cli/context.ts';
import type { Config } from '../config/load-config.ts';
import { AppError } from '../domain/errors.ts';
import type { Campaign } from '../domain/findings.ts';
import { DAY_MS } from '../domain/time.ts';
import type { Tracking } from '../identity/tracking.ts';
import type { ServicePart } from '../pipeline/service-parts.ts';
import { writeCampaigns } from '../pipeline/write-campaigns.ts';
import { createArrivals } from '../qradar/campaign-arrivals.ts';
import type { QRadar } from '../qradar/connect.ts';
import type { DataStore } from '../store/open-data-store.ts';
import { MAX_MESSAGE_BYTES, type SyslogSender } from '../syslog/send.ts';
import { readEventUid } from '../writeback/campaign-event.ts';

export interface CampaignsPartInput {
  config: Config;
  store: DataStore;
  log: Logger;
  connect(signal: AbortSignal): Promise<QRadar>;
  tracking: { readonly current: Tracking };
  /** Of the last analysis; `coveredMs`: activities up to here are in it, UTC epoch milliseconds. */
  latest(): { campaigns: readonly Campaign[]; coveredMs: number } | undefined;
  now(): number;
}

const EVERY_MS = 15_000;
/** While history is still being read, what was long over looks as if it went on. */
const LATEST_MS = DAY_MS;

/** Whether campaigns are told to QRadar at all. */
export const areCampaignsTold = ({ qradar, writeback }: Config): boolean =>
  qradar.url !== '' && writeback.syslogHost !== '';

/** Events about campaigns into QRadar, and their notes on the offenses that come of them. */
export function createCampaignsPart(input: CampaignsPartInput): ServicePart {
  const { config, store, log, connect, tracking, latest, now } = input;
  const { identifier, ruleName, syslogProtocol } = config.writeback;
  let sender: SyslogSender | undefined;
  return {
    name: 'campaigns-out',
    lane: 'notes',
    everyMs: EVERY_MS,
    isRequired: false,
    async run(signal) {
      const { phase } = config.rollout;
      const result = await writeCampaigns(
        {
          campaigns() {
            const found = latest();
            return found && now() - found.coveredMs <= LATEST_MS ? found.campaigns : undefined;
          },
          accountsOf: store.owners.accountsOf,
          events: store.campaignEvents,
          offenses: store.offenses,
          syslog: {
            async send(messages, sign) {
              sender ??= await openSyslogSender(config);
              await sender.send(messages, sign);
            },
          },
          arrivals: {
            async arrivedSince(sinceMs, sign) {
              const { ariel, now: consoleNow } = await connect(signal);
              return createArrivals({ ariel, consoleNow, now, readUid: readEventUid }).arrivedSince(sinceMs, sign);
            },
          },
          notes: { post: async (...args) => (await connect(signal)).notes.post(...args) },
          tracking: tracking.current,
          now,
          signal,
        },
        { phase, identifier, ruleName, maxBytes: MAX_MESSAGE_BYTES[syslogProtocol] },
      );
      const { blocked, ...counts } = result;
      if (Object.values(counts).some((n) => n > 0)) log.info({ phase, ...counts }, 'campaigns told');
      if (blocked) throw new AppError(blocked, 'campaigns cannot be told to QRadar at present');
      return 'idle';
    },
  };
}
