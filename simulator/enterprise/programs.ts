import type { RoleProfile } from './roles.ts';

export interface Program {
  process: string;
  commands: readonly string[];
}
const P = 'C:\\Program Files\\';
const S = 'C:\\Windows\\System32\\';
const program = (process: string, ...commands: string[]): Program => ({
  process,
  commands: commands.length ? commands : [''],
});

const OFFICE: Program[] = [
  program(`${P}Microsoft Office\\root\\Office16\\OUTLOOK.EXE`),
  program(`${P}Google\\Chrome\\Application\\chrome.exe`, '--type=renderer', '--type=utility', ''),
  program(`${P}Microsoft Office\\root\\Office16\\EXCEL.EXE`, '/dde', ''),
  program(`${P}Microsoft Office\\root\\Office16\\WINWORD.EXE`, '/n', ''),
  program(`${P}WindowsApps\\MSTeams\\ms-teams.exe`),
  program(`${P}Microsoft Office\\root\\Office16\\POWERPNT.EXE`),
  program(`${P}Adobe\\Acrobat DC\\Acrobat\\Acrobat.exe`),
  program(`${S}notepad.exe`),
  program('C:\\Windows\\explorer.exe'),
  program(`${S}SnippingTool.exe`),
  program(`${P}7-Zip\\7zG.exe`, 'x invoice.zip', 'a -tzip handover.zip docs', 'x pictures.zip'),
  program(`${P}7-Zip\\7z.exe`, 'a cache12.7z *', 'a logs40.7z *', 'a photos.7z *'),
  program(`${S}calc.exe`),
];
const DEVELOPER: Program[] = [
  program(`${P}Git\\cmd\\git.exe`, 'pull --rebase', 'status', 'push origin HEAD', 'log --oneline -20', 'fetch --all'),
  program(`${P}Microsoft VS Code\\Code.exe`),
  program(`${P}nodejs\\node.exe`, 'build.js', 'test.js', 'server.js'),
  program('C:\\Python312\\python.exe', '-m pytest', 'train.py', 'report.py', '-m pip install requests'),
  program(
    `${S}cmd.exe`,
    '/c build.cmd',
    '/c dir',
    '',
    '/c ipconfig /all',
    '/c systeminfo',
    '/c whoami /groups',
    '/c net view /domain',
  ),
  program(`${S}WindowsPowerShell\\v1.0\\powershell.exe`, '-File deploy.ps1', '-Command Get-ChildItem', ''),
  program(`${P}Docker\\docker.exe`, 'compose up', 'ps', 'build .'),
  program(`${P}PuTTY\\putty.exe`),
];
const ADMINISTRATOR: Program[] = [
  program(`${S}mmc.exe`, 'dsa.msc', 'eventvwr.msc', 'services.msc'),
  program(
    `${S}WindowsPowerShell\\v1.0\\powershell.exe`,
    'Get-ADUser -Filter *',
    'Get-Service',
    '-File inventory.ps1',
    'Restart-Service spooler',
  ),
  program(`${S}mstsc.exe`, '/v:APP-01', '/v:SQL-01', '/v:FS-HQ-01'),
  program(
    `${S}cmd.exe`,
    '/c ipconfig /all',
    '/c ping dc-hq-01',
    '/c gpupdate /force',
    '',
    '/c quser',
    '/c whoami /groups',
    '/c net group "Domain Admins" /domain',
    '/c systeminfo',
    '/c nltest /domain_trusts',
    '/c net view /domain',
  ),
  program(`${S}net.exe`, 'user', 'use', 'group "Domain Users" /domain', 'view'),
  program(`${S}nltest.exe`, '/dsgetdc:corp'),
  program(`${S}whoami.exe`, '/groups', ''),
  program('C:\\Tools\\Sysinternals\\PsExec64.exe', '\\\\APP-02 cmd'),
  program('C:\\Tools\\Sysinternals\\procexp64.exe'),
];
const TESTER: Program[] = [
  program('C:\\Tools\\nmap\\nmap.exe', '-sS 10.10.0.0/24', '-sV 10.10.0.12'),
  program('C:\\Python312\\python.exe', 'secretsdump.py', 'GetUserSPNs.py corp.example/test'),
  program(`${S}cmd.exe`, '/c whoami /all', '/c net group "Domain Admins" /domain'),
  program('C:\\Tools\\burp\\burpsuite.exe'),
];

export const SERVER_COMMANDS = ['uptime', 'df -h', 'tail -n 200 /var/log/app.log', 'systemctl status app', 'journalctl -u app', 'git pull', 'docker ps', 'top -b -n 1', 'sudo systemctl restart app', 'ls -la /srv', 'vi /etc/app.conf']; // biome-ignore format: dense

const CACHE = new Map<string, Program[]>();

/** Programs of a role, the usual ones first. */
export function programsOf(role: RoleProfile): Program[] {
  const known = CACHE.get(role.name);
  if (known) return known;
  const list =
    role.name === 'Penetration Tester'
      ? [...DEVELOPER.slice(0, 5), ...TESTER, ...OFFICE, ...ADMINISTRATOR]
      : role.admin !== 'none'
        ? [...OFFICE.slice(0, 3), ...ADMINISTRATOR, ...OFFICE.slice(3), ...DEVELOPER.slice(4)]
        : role.programs >= 14
          ? [
              ...DEVELOPER.slice(0, 3),
              ...OFFICE.slice(0, 3),
              ...DEVELOPER.slice(3),
              ...OFFICE.slice(3),
              ...ADMINISTRATOR.slice(3, 4),
            ]
          : [...OFFICE, ...DEVELOPER.slice(4, 6)];
  CACHE.set(role.name, list);
  return list;
}
