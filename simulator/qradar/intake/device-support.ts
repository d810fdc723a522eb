/** What the console knows about products: log source types, names and categories of their events. */
const TYPE_BY_PRODUCT: Readonly<Record<string, number>> = {
  'Microsoft|Windows Security': 12,
  'Microsoft|Windows': 12,
  'Microsoft|Defender for Endpoint': 443,
  'Zscaler|NSS': 302,
  'Fortinet|FortiGate': 73,
  'Microsoft|Exchange Server': 139,
  'Microsoft|Office 365': 397,
  'Microsoft|Entra ID': 413,
  'Microsoft|SQL Server': 99,
  'Linux|OpenSSH': 11,
  'Palo Alto Networks|PAN-OS': 206,
  'IBM|Sense': 368,
};
export const UNIVERSAL_LEEF = 337;
export const UNIVERSAL_CEF = 338;
export const SENSE_TYPE = 368;

export const typeOfProduct = (vendor: string, product: string): number | undefined =>
  TYPE_BY_PRODUCT[`${vendor}|${product}`];

/** Event id to name and low level category; the first three and those marked in the reference are recorded names. */
const WINDOWS: Readonly<Record<string, readonly [name: string, category: number]>> = {
  '4624': ['Success Audit: An account was successfully logged on', 3027],
  '4625': ['Failure Audit: An account failed to log on', 3028],
  '4688': ['Success Audit: A new process has been created', 8031],
  '4634': ['Success Audit: An account was logged off', 3029],
  '4647': ['Success Audit: User initiated logoff', 3029],
  '4648': ['Success Audit: A logon was attempted using explicit credentials', 3076],
  '4672': ['Success Audit: Special privileges assigned to new logon', 3074],
  '4720': ['Success Audit: A user account was created', 3041],
  '4724': ["Success Audit: An attempt was made to reset an account's password", 3042],
  '4725': ['Success Audit: A user account was disabled', 3042],
  '4728': ['Success Audit: A member was added to a security-enabled global group', 3044],
  '4740': ['Success Audit: A user account was locked out', 3042],
  '4768': ['Success Audit: A Kerberos authentication ticket (TGT) was requested', 3033],
  '4769': ['Success Audit: A Kerberos service ticket was requested', 3033],
  '4776': ['Failure Audit: The domain controller failed to validate the credentials for an account', 3034],
  '5140': ['Success Audit: A network share object was accessed', 4027],
  '5145': ['Success Audit: A network share object was checked', 4027],
};

const CATEGORY_OF_CLASS: Readonly<Record<string, readonly [success: number, failure: number]>> = {
  authentication: [3027, 3028],
  tunnel: [3027, 3028],
  process: [8031, 8001],
  file_system: [4027, 4003],
  file_hosting: [4027, 4003],
  peripheral: [8052, 8052],
  datastore: [4012, 4003],
  email: [11_001, 11_001],
  http: [11_002, 4003],
  network: [4002, 4003],
};
export const UNKNOWN_CATEGORY = 8001;
export const USER_BEHAVIOR = 20_001;

/** Name and category of an event that is not mapped by hand; `undefined` for products the console does not know. */
export function describeEvent(
  typeId: number,
  eventId: string,
  category: string,
  failed: boolean,
): { name: string; category: number } | undefined {
  if (typeId === 12) {
    const known = WINDOWS[eventId];
    return known && { name: known[0], category: known[1] };
  }
  if (typeId === SENSE_TYPE) return { name: eventId, category: USER_BEHAVIOR };
  if (typeId >= 4000 || typeId === UNIVERSAL_LEEF || typeId === UNIVERSAL_CEF) return undefined;
  const pair = CATEGORY_OF_CLASS[category];
  const words = `${category} ${eventId}`.replaceAll('_', ' ');
  return {
    name: `${words[0]!.toUpperCase()}${words.slice(1)}${failed ? ' failed' : ''}`,
    category: pair?.[failed ? 1 : 0] ?? UNKNOWN_CATEGORY,
  };
}
