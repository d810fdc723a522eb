import { cloudAccount } from '../accounts.ts';
import { closingPressure } from '../calendar.ts';
import { serversOf } from '../company.ts';
import { chance, exponential, logNormal, pick, pickEarly } from '../draw.ts';
import { pickFile } from '../files.ts';
import type { PersonDay } from '../person-day.ts';
import { programsOf, SERVER_COMMANDS } from '../programs.ts';
import { cloudFile, query, sshCommand, sshLogon } from '../records/other.ts';
import { launch } from '../records/windows.ts';
import type { Database } from '../types.ts';

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
  const source = today.presence.mode === 'office' ? '198.51.100.10' : person.homeAddress;
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
