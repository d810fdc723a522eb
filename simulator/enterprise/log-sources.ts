/** The products that report the activities: QRadar's log source type name and the LEEF header fields. */
export interface LogSource {
  logSource: string;
  vendor: string;
  product: string;
  version: string;
}

export const LOG_SOURCES = {
  windows: {
    logSource: 'Microsoft Windows Security Event Log',
    vendor: 'Microsoft',
    product: 'Windows Security',
    version: '10.0',
  },
  endpoint: {
    logSource: 'Microsoft Defender for Endpoint',
    vendor: 'Microsoft',
    product: 'Defender for Endpoint',
    version: '10.8',
  },
  proxy: { logSource: 'Zscaler Nss', vendor: 'Zscaler', product: 'NSS', version: '6.2' },
  vpn: { logSource: 'Fortinet FortiGate Security Gateway', vendor: 'Fortinet', product: 'FortiGate', version: '7.4' },
  mail: { logSource: 'Microsoft Exchange Server', vendor: 'Microsoft', product: 'Exchange Server', version: '15.2' },
  cloud: { logSource: 'Microsoft Office 365', vendor: 'Microsoft', product: 'Office 365', version: '1.0' },
  directory: { logSource: 'Microsoft Entra ID', vendor: 'Microsoft', product: 'Entra ID', version: '1.0' },
  database: { logSource: 'Microsoft SQL Server', vendor: 'Microsoft', product: 'SQL Server', version: '16.0' },
  linux: { logSource: 'Linux OS', vendor: 'Linux', product: 'OpenSSH', version: '9.6' },
  firewall: { logSource: 'Palo Alto PA Series', vendor: 'Palo Alto Networks', product: 'PAN-OS', version: '11.1' },
} as const satisfies Record<string, LogSource>;

const BY_NAME = new Map<string, LogSource>(Object.values(LOG_SOURCES).map((s) => [s.logSource, s]));
export const logSourceNamed = (name: string): LogSource =>
  BY_NAME.get(name) ?? { logSource: name, vendor: 'Unknown', product: name, version: '1.0' };
