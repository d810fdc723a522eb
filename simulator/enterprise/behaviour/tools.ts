import type { Random } from '../../../src/numeric/random.ts';
import { cloudAccount } from '../accounts.ts';
import { closingPressure } from '../calendar.ts';
import { serversOf } from '../company.ts';
import { chance, exponential, logNormal, pick, pickEarly } from '../draw.ts';
import { pickFile } from '../files.ts';
import type { PersonDay } from '../person-day.ts';
import { programsOf, SERVER_COMMANDS } from '../programs.ts';
import { cloudFile, localFile, query, sshCommand, sshLogon } from '../records/other.ts';
import { failedLogon, launch, logoff, logon } from '../records/windows.ts';
import type { Database, FileEntry } from '../types.ts';

const SYSTEM = 'C:\\Windows\\System32\\';

export function programWork(today: PersonDay): void {
  const random = today.random('programs');
  const { person, account } = today;
  const role = today.assignment(random).role;
  for (let i = today.count(random, role.programs * person.habits.volume.programs); i > 0; i--) {
    const program = pickEarly(random, programsOf(role), 2);
    today.emit(
      launch(
        today.at(today.minute(random), random),
        account,
        person.device,
        program.process,
        pick(random, program.commands),
      ),
    );
  }
}

export function cloudWork(today: PersonDay): void {
  const random = today.random('cloud');
  const { person, day, company } = today;
  const assignment = today.assignment(random);
  const account = cloudAccount(person);
  const source = today.cloudAddress;
  for (let i = today.count(random, assignment.role.cloud * person.habits.volume.cloud); i > 0; i--) {
    const open = assignment.projects.filter((p) => p.fromDay <= day);
    const project =
      open.length && chance(random, 0.9)
        ? pick(random, open)
        : company.projects[person.index % company.projects.length]!;
    const roll = random.next();
    const activity =
      roll < 0.5 ? 'read' : roll < 0.72 ? 'update' : roll < 0.84 ? 'download' : roll < 0.95 ? 'upload' : 'share';
    today.emit(
      cloudFile(
        today.at(today.minute(random), random),
        activity,
        account,
        source,
        pickFile(random, project.library, day),
      ),
    );
  }
}

const HOME_DATABASE: Record<string, string> = {
  Finance: 'erp',
  'Human Resources': 'payroll',
  Sales: 'crm',
  Operations: 'warehouse',
  'Customer Support': 'support',
  Research: 'research',
  Engineering: 'quality',
};

export function databaseWork(today: PersonDay): void {
  const random = today.random('databases');
  const { person, company, account, address, day } = today;
  const assignment = today.assignment(random);
  const pressure = assignment.department === 'Finance' ? 1 + 0.8 * closingPressure(day) : 1;
  const home = company.databases.find((d) => d.name === HOME_DATABASE[assignment.department]);
  for (let i = today.count(random, assignment.role.database * person.habits.volume.database * pressure); i > 0; i--) {
    const own: Database | undefined = chance(random, 0.75) ? home : assignment.projects[0]?.database;
    const database =
      assignment.role.admin === 'databases' ? pick(random, company.databases) : (own ?? home ?? company.databases[0]!);
    const table = pickEarly(random, database.tables, 2);
    const big = chance(random, 0.02);
    const command = big
      ? `SELECT * FROM ${database.name}.${table}`
      : `SELECT * FROM ${database.name}.${table} WHERE id = ?`;
    const bytes = Math.round(logNormal(random, big ? 2e6 : 12_000, 1.2));
    const activity = big && chance(random, 0.3) ? 'export' : chance(random, 0.12) ? 'update' : 'query';
    today.emit(
      query(
        today.at(today.minute(random), random),
        account,
        database.server.name,
        address,
        database,
        command,
        bytes,
        activity,
      ),
    );
  }
}

export function sshWork(today: PersonDay): void {
  const random = today.random('ssh');
  const { person, company, address } = today;
  const assignment = today.assignment(random);
  const build = assignment.projects[0]?.buildServer;
  const servers = serversOf(company, 'build', 'application', 'web', 'log');
  for (let i = today.count(random, assignment.role.ssh); i > 0; i--) {
    const server = build && chance(random, 0.6) ? build : servers[(person.index + random.int(3)) % servers.length]!;
    let minute = today.minute(random);
    if (chance(random, 0.03)) today.emit(sshLogon(today.at(minute, random), person.login, address, server, 'failure'));
    today.emit(sshLogon(today.at(minute + 0.2, random), person.login, address, server));
    for (let k = Math.floor(exponential(random, 2.5)); k > 0; k--) {
      minute += exponential(random, 2);
      today.emit(
        sshCommand(today.at(minute + 0.5, random), person.login, server, pickEarly(random, SERVER_COMMANDS, 1.5)),
      );
    }
  }
}

const DESKTOP_COMMANDS = [
  '/c dir',
  '/c type app.log',
  '/c netstat -an',
  '/c ipconfig /all',
  '/c whoami /groups',
  '/c systeminfo',
];

/** People who work technically now and then open a desktop on a server with their own account. */
export function serverDesktops(today: PersonDay): void {
  const random = today.random('server-desktops');
  const { person, account, address, company } = today;
  const role = today.assignment(random).role;
  if (role.programs < 14 || role.admin !== 'none') return;
  const servers = serversOf(company, 'application', 'database', 'web', 'build');
  for (let i = today.count(random, 0.3); i > 0; i--) {
    const server = servers[(person.index * 3 + Math.floor(servers.length * random.next() ** 3)) % servers.length]!;
    const by = { account, device: server.name, source: address, logonType: 10 };
    const minute = today.minute(random);
    if (chance(random, 0.06)) today.emit(failedLogon(today.at(minute - 0.2, random), by));
    today.emit(logon(today.at(minute, random), by));
    for (let k = Math.floor(exponential(random, 1.5)); k > 0; k--)
      today.emit(
        launch(
          today.at(minute + k * 2, random),
          account,
          server.name,
          `${SYSTEM}cmd.exe`,
          pick(random, DESKTOP_COMMANDS),
        ),
      );
    if (chance(random, 0.12)) archiveOn(today, minute + 9, account, server.name, random, logNormal(random, 2e7, 1.2));
    today.emit(logoff(today.at(minute + 12 + exponential(random, 25), random), by));
  }
}

/** Packs files into an archive on a machine: logs for a colleague, a database dump, or loot. */
export function archiveOn(
  today: PersonDay,
  minute: number,
  account: string,
  device: string,
  random: Random,
  bytes: number,
): void {
  const name = `${pick(random, ['cache', 'update', 'logs', 'dump'])}${random.int(90)}.7z`;
  const file: FileEntry = {
    path: `C:\\ProgramData\\${name}`,
    name,
    category: 'archive',
    sensitivity: 0,
    sizeBytes: Math.round(bytes),
  };
  today.emit(launch(today.at(minute, random), account, device, 'C:\\Program Files\\7-Zip\\7z.exe', `a ${name} *`));
  today.emit(localFile(today.at(minute + 1, random), 'create', account, device, file.path, file, '7z.exe'));
}
