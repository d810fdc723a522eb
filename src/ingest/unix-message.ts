import type { Activity } from '../domain/activity.ts';

interface UnixRule {
  pattern: RegExp;
  class: Activity['class'];
  activity: Activity['activity'];
  outcome: Activity['outcome'];
  privileged?: boolean;
}

/** Named groups `user`, `target`, `source`, `command`, `resource` go to the fields of the same meaning. First match wins. */
const RULES: readonly UnixRule[] = [
  { pattern: /Accepted (?<resource>\S{1,40}) for (?:invalid user )?(?<user>.{0,128}?) from (?<source>\S{1,255})/, class: 'authentication', activity: 'logon', outcome: 'success' },
  { pattern: /Failed (?<resource>\S{1,40}) for (?:invalid user )?(?<user>.{0,128}?) from (?<source>\S{1,255})/, class: 'authentication', activity: 'logon', outcome: 'failure' },
  // OpenSSH writes up to three lines for one attempt; `Failed ... for` is the one that counts as the logon.
  { pattern: /(?:^|: )(?:Invalid|Illegal) user (?<user>.{0,128}?) from (?<source>\S{1,255})/, class: 'authentication', activity: 'other', outcome: 'failure' },
  { pattern: /^pam_unix\(sshd:auth\): authentication failure;.*?\brhost=(?<source>\S{0,255})\s*(?:user=(?<user>\S{1,128}))?/, class: 'authentication', activity: 'other', outcome: 'failure' },
  { pattern: /^PAM \d+ more authentication failures?;.*?\brhost=(?<source>\S{0,255})\s*(?:user=(?<user>\S{1,128}))?/, class: 'authentication', activity: 'other', outcome: 'failure' },
  { pattern: /User (?<user>.{1,128}?) from (?<source>\S{1,255}) not allowed/, class: 'authentication', activity: 'logon', outcome: 'failure' },
  { pattern: /input_userauth_request: invalid user (?<user>.{0,128}?)(?: \[preauth\])?$/, class: 'authentication', activity: 'other', outcome: 'failure' },
  { pattern: /authentication failures?;.*?\brhost=(?<source>\S{0,255})\s*(?:user=(?<user>\S{1,128}))?/, class: 'authentication', activity: 'logon', outcome: 'failure' },
  { pattern: /check pass; user unknown/, class: 'authentication', activity: 'other', outcome: 'failure' },
  { pattern: /session opened for user (?<target>[^\s(]{1,128})(?:\(uid=\d+\))? by (?!root\(|LOGIN\()(?<user>[A-Za-z_][^\s(]{0,127})\(uid=/, class: 'authentication', activity: 'explicit_logon', outcome: 'success' },
  { pattern: /session opened for user (?<user>[^\s(]{1,128})/, class: 'authentication', activity: 'logon', outcome: 'success' },
  { pattern: /session closed for user (?<user>\S{1,128})/, class: 'authentication', activity: 'logoff', outcome: 'success' },
  { pattern: /^\s*(?<user>\S{1,128}) : .*?(?:command not allowed|incorrect password|NOT in sudoers).*?COMMAND=(?<command>.*)$/, class: 'authorize_session', activity: 'privilege_use', outcome: 'failure', privileged: true },
  { pattern: /^\s*(?<user>\S{1,128}) : .*?USER=(?<target>\S{1,128}) ; (?:GROUP=\S+ ; )?(?:ENV=.*? ; )?COMMAND=(?<command>.*)$/, class: 'authorize_session', activity: 'privilege_use', outcome: 'success', privileged: true },
  { pattern: /^(?:Successful su|\+ \S+) (?:for )?(?<target>\S{1,128}?)(?: by |:)(?<user>\S{1,128})$/, class: 'authentication', activity: 'explicit_logon', outcome: 'success', privileged: true },
  { pattern: /^(?:FAILED su|- \S+) (?:for )?(?<target>\S{1,128}?)(?: by |:)(?<user>\S{1,128})$/, class: 'authentication', activity: 'explicit_logon', outcome: 'failure' },
  { pattern: /ANONYMOUS FTP LOGIN FROM (?<source>[^\s,]{1,255})/, class: 'authentication', activity: 'logon', outcome: 'success' },
  { pattern: /Authentication failed from (?<source>\S{1,255})|Kerberos authentication failed/, class: 'authentication', activity: 'logon', outcome: 'failure' },
  { pattern: /Too many authentication failures for (?<user>\S{1,128})/, class: 'authentication', activity: 'disconnect', outcome: 'failure' },
  { pattern: /(?:^|error: )(?:Received disconnect from|Connection (?:closed|reset) by|Disconnected from)(?: (?:authenticating|invalid) user (?<user>\S{1,128}))? (?<source>[^\s:]{1,255})/, class: 'network', activity: 'disconnect', outcome: 'success' },
  { pattern: /(?:^connection from|^connect from|Did not receive identification string from|^Connection from) (?<source>\S{1,255})/, class: 'network', activity: 'connect', outcome: 'success' },
  { pattern: /reverse mapping checking getaddrinfo for \S{1,255} \[(?<source>[^\]]{1,64})\] failed/, class: 'network', activity: 'connect', outcome: 'unknown' },
  { pattern: /^new user: name=(?<target>[^,\s]{1,128})/, class: 'account_change', activity: 'create', outcome: 'success', privileged: true },
  { pattern: /^delete user '(?<target>[^']{1,128})'/, class: 'account_change', activity: 'delete', outcome: 'success', privileged: true },
  { pattern: /password changed for (?<target>\S{1,128})/, class: 'account_change', activity: 'password_change', outcome: 'success' },
  { pattern: /^add '(?<target>[^']{1,128})' to (?:shadow )?group '(?<resource>[^']{1,128})'/, class: 'group_management', activity: 'add_member', outcome: 'success', privileged: true },
  { pattern: /^\((?<user>\S{1,128})\) CMD \((?<command>.*)\)$/, class: 'scheduled_job', activity: 'launch', outcome: 'success' },
]; // biome-ignore format: a table

/** Longest message the patterns look at. */
const MAX_LENGTH = 2048;

/**
 * Reads what sshd, pam, su, sudo, ftpd, cron and the account tools write. Anything else stays what the activity was.
 * `process` is the program's name.
 */
export function parseUnixMessage(activity: Activity, process: string, message: string): void {
  activity.process = process;
  const text = message.length > MAX_LENGTH ? message.slice(0, MAX_LENGTH) : message;
  for (const rule of RULES) {
    const groups = rule.pattern.exec(text);
    if (!groups) continue;
    activity.class = rule.class;
    activity.activity = rule.activity;
    activity.outcome = rule.outcome;
    activity.privileged = rule.privileged === true;
    const { user, target, source, command, resource } = groups.groups ?? {};
    if (user) activity.account = user.trim();
    if (target) activity.targetAccount = target;
    if (source) activity.source = source;
    if (command) activity.command = command;
    if (resource) activity.resource = resource;
    return;
  }
}
