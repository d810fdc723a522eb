import { ACTIVITY_CLASSES, ACTIVITY_NAMES, type Activity } from '../domain/activity.ts';

/** What an event of an unknown product is about, guessed from its names: the first rule with a word that occurs wins. */
interface Guess {
  words: RegExp;
  class: Activity['class'];
  activity: Activity['activity'];
  outcome?: Activity['outcome'];
  privileged?: boolean;
}

const GUESSES: readonly Guess[] = [
  { words: /malware|virus|eicar|trojan|ransom|worm|intrusion|exploit|\bips\b|\bids\b|threat|attack|phish|botnet|violation|anomal|suspicious|blacklist|brute.?force|injection|reputation|\bsignature\b|\bdlp\b|quarantine|score change|infect|c2\b|callback/, class: 'detection_finding', activity: 'alert' },
  { words: /log(?:ged)?[\s_-]?(?:off|out)|sign(?:ed)?[\s_-]?(?:off|out)|session (?:ended|closed|terminated)/, class: 'authentication', activity: 'logoff' },
  { words: /(?:fail\w*|denied|invalid|bad|incorrect|unsuccessful).{0,40}(?:log[\s_-]?[io]n|sign[\s_-]?in|auth|password)|(?:log[\s_-]?[io]n|sign[\s_-]?in|auth\w*|password).{0,40}(?:fail|denied|invalid|incorrect|unsuccessful)/, class: 'authentication', activity: 'logon', outcome: 'failure' },
  { words: /\bvpn\b|tunnel|remote access|globalprotect|anyconnect/, class: 'tunnel', activity: 'connect' },
  { words: /password.{0,20}(?:change|reset)|(?:change|reset).{0,20}password/, class: 'account_change', activity: 'password_reset' },
  { words: /log[\s_-]?[io]n\b|logged[\s_-]?(?:on|in)|sign(?:ed)?[\s_-]?(?:on|in)|authenticat|\bsso\b|\bmfa\b|kerberos/, class: 'authentication', activity: 'logon' },
  { words: /(?:user|account).{0,20}(?:creat|add)|(?:creat|add)\w*.{0,20}(?:user|account)/, class: 'account_change', activity: 'create', privileged: true },
  { words: /(?:user|account).{0,20}(?:delet|remov)|(?:delet|remov)\w*.{0,20}(?:user|account)/, class: 'account_change', activity: 'delete', privileged: true },
  { words: /group.{0,20}(?:member|add|remov)|member.{0,20}(?:added|removed)/, class: 'group_management', activity: 'add_member', privileged: true },
  { words: /privileg|\bsudo\b|elevat/, class: 'authorize_session', activity: 'privilege_use', privileged: true },
  { words: /\bsql\b|database|\bdml\b|\bddl\b|\bdb\b|query (?:executed|statement)/, class: 'datastore', activity: 'query' },
  { words: /\busb\b|removable|device control|mass storage|external (?:device|drive)/, class: 'peripheral', activity: 'connect' },
  { words: /e-?mail|\bsmtp\b|message (?:sent|delivered|received)|mail/, class: 'email', activity: 'send' },
  { words: /\bdns\b|nxdomain|\brpz\b|domain query/, class: 'dns', activity: 'query' },
  { words: /file.{0,20}(?:delet|remov)|(?:delet|remov)\w* file/, class: 'file_system', activity: 'delete' },
  { words: /file.{0,20}(?:download)|download/, class: 'http', activity: 'download' },
  { words: /upload/, class: 'http', activity: 'upload' },
  { words: /\bfile\b|\bshare\b|folder|directory|bytestream/, class: 'file_system', activity: 'open' },
  { words: /\bweb\b|\burl\b|\bhttps?\b|proxy|\bget\b|\bpost\b|browser|appfw/, class: 'http', activity: 'visit' },
  { words: /process (?:creat|start|launch)|program (?:start|execut)|\bexec\b|command/, class: 'process', activity: 'launch' },
  { words: /service (?:install|creat)/, class: 'service', activity: 'create' },
  { words: /scheduled (?:task|job)|\bcron\b/, class: 'scheduled_job', activity: 'launch' },
  { words: /connection|traffic|network|firewall|flow|\btcp\b|\budp\b|session|port/, class: 'network', activity: 'connect' },
]; // biome-ignore format: a table

/** Class and activity by the words of an event's names; nothing found leaves the activity as it is. */
export function guessClass(activity: Activity, names: string): void {
  const text = names.slice(0, 512).toLowerCase().replaceAll('_', ' ');
  for (const guess of GUESSES) {
    if (!guess.words.test(text)) continue;
    activity.class = guess.class;
    activity.activity = guess.activity;
    if (guess.outcome) activity.outcome = guess.outcome;
    if (guess.privileged) activity.privileged = true;
    return;
  }
}

/** Outcome from the words products use for what they did; `unknown` when they tell nothing. */
export function outcomeOfWords(text: string): Activity['outcome'] {
  const lower = text.slice(0, 256).toLowerCase();
  if (
    /fail|den(?:y|ied)|block|drop|reject|reset|refus|error|invalid|unsuccess|prevent|quarantin|terminated|false/.test(
      lower,
    )
  ) {
    return 'failure';
  }
  return /succe|allow|permit|accept|pass|deliver|complet|grant|\bok\b|true|signed in|logged/.test(lower)
    ? 'success'
    : 'unknown';
}

const CLASSES: ReadonlySet<string> = new Set(ACTIVITY_CLASSES);
const NAMES: ReadonlySet<string> = new Set(ACTIVITY_NAMES);
export const isActivityClass = (text: string): text is Activity['class'] => CLASSES.has(text);
export const isActivityName = (text: string): text is Activity['activity'] => NAMES.has(text);

/** Severity on 0-10 from a number (clamped) or a word of the CEF scale. */
export function severityOf(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return Math.min(Math.max(Math.round(number), 0), 10);
  const lower = text.toLowerCase();
  if (lower.startsWith('very')) return 10;
  if (lower.startsWith('crit')) return 10;
  if (lower.startsWith('high')) return 8;
  return lower.startsWith('med') || lower.startsWith('warn')
    ? 5
    : lower.startsWith('low') || lower.startsWith('info')
      ? 2
      : 0;
}
