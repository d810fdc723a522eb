import type { Stage } from '../domain/features.ts';

/**
 * Where a stage stands in a campaign. After MITRE ATT&CK's order of tactics and the insider kill chain of the Insider Threat
 * TTP Knowledge Base: signs of intent first, then ways in, looking around, getting at data, taking it out or doing harm.
 * Stages of one rank come in any order.
 */
const RANKS: Record<Stage, number> = {
  intent: 0,
  initial_access: 1,
  execution: 2,
  persistence: 2,
  privilege_escalation: 2,
  defense_evasion: 2,
  credential_access: 3,
  discovery: 3,
  lateral_movement: 4,
  collection: 5,
  exfiltration: 6,
  impact: 6,
};

export const rankOf = (stage: Stage): number => RANKS[stage];

export const STAGE_WORDS: Record<Stage, string> = {
  intent: 'signs of intent',
  initial_access: 'initial access',
  execution: 'execution',
  persistence: 'persistence',
  privilege_escalation: 'privilege escalation',
  defense_evasion: 'defence evasion',
  credential_access: 'credential access',
  discovery: 'discovery',
  lateral_movement: 'lateral movement',
  collection: 'collection',
  exfiltration: 'exfiltration',
  impact: 'impact',
};

/** What usually goes before or after the stages seen, and would make the chain firm. */
export function missingStages(seen: readonly Stage[]): Stage[] {
  const has = (...stages: Stage[]): boolean => stages.some((stage) => seen.includes(stage));
  const missing: Stage[] = [];
  if (has('exfiltration') && !has('collection')) missing.push('collection');
  if (has('collection', 'lateral_movement', 'credential_access') && !has('exfiltration', 'impact'))
    missing.push('exfiltration');
  if (has('lateral_movement') && !has('credential_access', 'discovery')) missing.push('credential_access');
  return missing;
}
