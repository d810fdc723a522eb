import type { Activity } from '../domain/activity.ts';
import { guessClass, outcomeOfWords } from './generic-event.ts';

/** What QRadar's categories say an event is. `words`: of the low level category and the event's name, lower case. */
interface CategoryRule {
  high?: string;
  words?: RegExp;
  class: Activity['class'];
  activity: Activity['activity'];
  privileged?: true;
}

/**
 * High level categories as QRadar's product documentation lists them. The first rule that fits holds; within a high level
 * category the rule without words is what is left. Categories that tell nothing about a person's doing have no rule.
 */
const RULES: readonly CategoryRule[] = [
  { high: 'authentication', words: /group.{0,20}(?:remov|delet)/, class: 'group_management', activity: 'remove_member', privileged: true },
  { high: 'authentication', words: /group/, class: 'group_management', activity: 'add_member', privileged: true },
  { high: 'authentication', words: /password.{0,20}reset|reset.{0,40}password/, class: 'account_change', activity: 'password_reset', privileged: true },
  { high: 'authentication', words: /password (?:change|set)|change.{0,40}password/, class: 'account_change', activity: 'password_change' },
  { high: 'authentication', words: /account.{0,20}(?:lock)/, class: 'account_change', activity: 'lock' },
  { high: 'authentication', words: /account.{0,20}(?:add|creat)/, class: 'account_change', activity: 'create', privileged: true },
  { high: 'authentication', words: /account.{0,20}(?:remov|delet)/, class: 'account_change', activity: 'delete', privileged: true },
  { high: 'authentication', words: /account.{0,20}disabl/, class: 'account_change', activity: 'disable', privileged: true },
  { high: 'authentication', words: /account.{0,20}enabl/, class: 'account_change', activity: 'enable', privileged: true },
  { high: 'authentication', words: /account.{0,20}(?:chang|modif)/, class: 'account_change', activity: 'update', privileged: true },
  { high: 'authentication', words: /privilege|user right|policy (?:add|chang|remov)/, class: 'authorize_session', activity: 'privilege_use', privileged: true },
  { high: 'authentication', words: /remote access|vpn/, class: 'tunnel', activity: 'connect' },
  { high: 'authentication', words: /log(?:ged )?(?:off|out)|session (?:closed|ended|terminated)/, class: 'authentication', activity: 'logoff' },
  { high: 'authentication', class: 'authentication', activity: 'logon' },
  { high: 'access', words: /database|\bsql\b/, class: 'datastore', activity: 'query' },
  { high: 'access', words: /file|object|share|folder/, class: 'file_system', activity: 'open' },
  { high: 'access', words: /\bweb\b|\burl\b|\bhttps?\b/, class: 'http', activity: 'visit' },
  { high: 'access', words: /session (?:closed|ended|terminated|reset)/, class: 'network', activity: 'disconnect' },
  { high: 'access', class: 'network', activity: 'connect' },
  { high: 'flow', class: 'network', activity: 'connect' },
  { high: 'application', words: /mail|smtp|imap|pop3/, class: 'email', activity: 'send' },
  { high: 'application', words: /\bweb\b|\bhttps?\b|\burl\b/, class: 'http', activity: 'visit' },
  { high: 'application', words: /\bdns\b/, class: 'dns', activity: 'query' },
  { high: 'application', words: /database|\bsql\b|oracle|query/, class: 'datastore', activity: 'query' },
  { high: 'application', words: /\bvpn\b|tunnel|\bssh\b|remote/, class: 'tunnel', activity: 'connect' },
  { high: 'application', words: /file transfer|\bs?ftp\b|\bp2p\b/, class: 'file_hosting', activity: 'upload' },
  { high: 'system', words: /process.{0,20}(?:creat|start|success|execut)|program (?:start|execut)/, class: 'process', activity: 'launch' },
  { high: 'system', words: /process.{0,20}(?:exit|stop|terminat|end)/, class: 'process', activity: 'terminate' },
  { high: 'system', words: /service.{0,20}(?:install|creat)/, class: 'service', activity: 'create', privileged: true },
  { high: 'system', words: /scheduled|\bcron\b/, class: 'scheduled_job', activity: 'launch' },
  { high: 'system', words: /registry/, class: 'registry', activity: 'update' },
  { high: 'system', words: /removable|\busb\b|mass storage/, class: 'peripheral', activity: 'connect' },
  { high: 'system', words: /file.{0,20}delet/, class: 'file_system', activity: 'delete' },
  { high: 'system', words: /file.{0,20}creat/, class: 'file_system', activity: 'create' },
  { high: 'system', words: /file.{0,20}(?:modif|chang)/, class: 'file_system', activity: 'update' },
  { high: 'system', words: /log.{0,20}clear|audit.{0,20}clear/, class: 'event_log', activity: 'clear', privileged: true },
  ...['recon', 'dos', 'exploit', 'potential exploit', 'malware', 'suspicious activity', 'policy'].map(
    (high): CategoryRule => ({ high, class: 'detection_finding', activity: 'alert' }),
  ),
]; // biome-ignore format: a table

export interface QRadarNames {
  highCategory: string;
  category: string;
  eventName: string;
}

/** Class and activity from QRadar's categories, else from the words of the event's name. False: neither tells. */
export function classifyByCategory(activity: Activity, names: QRadarNames): boolean {
  const high = names.highCategory.trim().toLowerCase();
  const words = `${names.category} ${names.eventName}`.slice(0, 512).toLowerCase();
  const rule = RULES.find((one) => one.high === high && (one.words === undefined || one.words.test(words)));
  if (rule) {
    activity.class = rule.class;
    activity.activity = rule.activity;
    if (rule.privileged) activity.privileged = true;
  } else guessClass(activity, words);
  if (activity.outcome === 'unknown') activity.outcome = outcomeOfWords(words);
  return activity.class !== 'base_event';
}
