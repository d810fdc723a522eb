import { DAY_MS, weekday } from '../../../src/domain/time.ts';
import type { Company } from '../company.ts';
import { serversOf } from '../company.ts';
import { chance, pick, poisson, randomFor } from '../draw.ts';
import { pickFile } from '../files.ts';
import type { Sink } from '../person-day.ts';
import { connection } from '../records/network.ts';
import { query } from '../records/other.ts';
import { failedLogon, launch, logon, serviceTicket, shareFile } from '../records/windows.ts';

/** Accounts that no person uses: backups, monitoring, batch jobs, the vulnerability scanner. */
export function serviceAccounts(company: Company, day: number, sink: Sink): void {
  const random = randomFor(company.seed, `services/${day}`);
  const at = (minute: number): number => Math.floor(day * DAY_MS + minute * 60_000 + random.next() * 59_999);
  const monitor = serversOf(company, 'log')[0]!;
  const controller = serversOf(company, 'directory')[0]!;
  for (const server of company.servers) {
    const by = { device: server.name, source: monitor.address, logonType: 3 };
    for (let hour = 0; hour < 24; hour++) sink.push(logon(at(hour * 60 + 4), { ...by, account: 'CORP\\svc-monitor' }));
    if (server.kind === 'file') {
      sink.push(logon(at(62), { ...by, account: 'CORP\\svc-backup' }));
      const trees = company.teams.map((t) => t.share).filter((t) => t.host === server.name);
      for (const tree of trees)
        for (let i = 0; i < 8; i++)
          sink.push(
            shareFile(
              at(65 + random.int(150)),
              'read',
              'CORP\\svc-backup',
              tree,
              pickFile(random, tree, day),
              monitor.address,
            ),
          );
    }
    if (server.kind === 'application') {
      sink.push(logon(at(240), { account: 'CORP\\svc-batch', device: server.name, source: '127.0.0.1', logonType: 5 }));
      sink.push(launch(at(243), 'CORP\\svc-batch', server.name, 'C:\\Program Files\\7-Zip\\7z.exe', 'a logs.7z *'));
      sink.push(launch(at(241), 'CORP\\svc-batch', server.name, 'C:\\Jobs\\nightly.exe', '--all'));
      for (const database of company.databases)
        for (let i = poisson(random, 6); i > 0; i--)
          sink.push(
            query(
              at(random.int(1440)),
              'CORP\\svc-app',
              database.server.name,
              server.address,
              database,
              `EXEC ${database.name}.refresh`,
              4000,
            ),
          );
    }
    if (weekday(day) === 6)
      for (let i = 0; i < 12; i++) {
        const port = pick(random, [22, 135, 443, 445, 1433, 3389]);
        sink.push(
          connection(
            at(180 + random.int(120)),
            monitor.name,
            monitor.address,
            server.address,
            `tcp/${port}`,
            chance(random, 0.6) ? 'success' : 'failure',
          ),
        );
        if (i < 2) sink.push(failedLogon(at(200 + random.int(60)), { ...by, account: 'CORP\\svc-scan' }));
      }
    sink.push(serviceTicket(at(random.int(1440)), 'svc-monitor', controller, monitor.address, `HOST/${server.name}`));
  }
}
