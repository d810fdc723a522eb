/** Zone abbreviations that log sources write; ambiguous ones in their North American reading, as Java reads them. */
// biome-ignore format: a table
const ZONE_HOURS: Readonly<Record<string, number>> = {
  UTC: 0, GMT: 0, Z: 0, UT: 0, WET: 0, WEST: 1, BST: 1, CET: 1, MET: 1, CEST: 2, MEST: 2, EET: 2, EEST: 3, MSK: 3,
  IST: 5.5, SGT: 8, HKT: 8, JST: 9, KST: 9, AEST: 10, AEDT: 11, ACST: 9.5, ACDT: 10.5, AWST: 8, NZST: 12, NZDT: 13,
  NST: -3.5, NDT: -2.5, AST: -4, ADT: -3, EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7,
  AKST: -9, AKDT: -8, HST: -10, BRT: -3, ART: -3, SAST: 2, PKT: 5, WIB: 7, ICT: 7, PHT: 8,
};

/** Offset in milliseconds of a zone as logs write it: abbreviation, `GMT+2`, `+02:00`, `-0500`. `undefined` when unknown. */
export function zoneOffsetByName(name: string): number | undefined {
  const hours = Object.hasOwn(ZONE_HOURS, name) ? ZONE_HOURS[name] : undefined;
  if (hours !== undefined) return hours * 3_600_000;
  const match = /^(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(name);
  if (!match) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return minutes <= 18 * 60 ? (match[1] === '-' ? -minutes : minutes) * 60_000 : undefined;
}
