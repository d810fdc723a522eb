type Low = readonly [id: number, name: string, severity: number];

/** High and low level categories that the simulator's events use. Numbers below 20000 follow QRadar's numbering scheme. */
export const CATEGORIES: readonly (readonly [id: number, name: string, description: string, lows: readonly Low[]])[] = [
  [
    1000,
    'Recon',
    'Scanning and other techniques used to identify network resources',
    [
      [1001, 'Unknown Form of Recon', 2],
      [1002, 'Application Query', 3],
      [1003, 'Host Query', 3],
      [1004, 'Network Sweep', 4],
      [1008, 'Host Port Scan', 4],
      [1009, 'RPC Dump', 3],
    ],
  ],
  [
    3000,
    'Authentication',
    'Authentication controls, group and privilege change',
    [
      [3001, 'Unknown Authentication', 1],
      [3027, 'User Login Success', 1],
      [3028, 'User Login Failure', 3],
      [3029, 'User Logout', 1],
      [3033, 'General Authentication Successful', 1],
      [3034, 'General Authentication Failed', 3],
      [3041, 'User Account Added', 3],
      [3042, 'User Account Changed', 3],
      [3044, 'Group Member Added', 3],
      [3074, 'Privilege Use', 2],
      [3076, 'Misc Login Succeeded', 1],
    ],
  ],
  [
    4000,
    'Access',
    'Attempts to access network or host resources',
    [
      [4002, 'Access Permitted', 0],
      [4003, 'Access Denied', 4],
      [4012, 'Database Access', 1],
      [4027, 'File Access', 1],
    ],
  ],
  [
    7000,
    'Suspicious Activity',
    'Activity that needs a look',
    [
      [7001, 'Unknown Suspicious Event', 3],
      [7028, 'Suspicious Activity', 5],
    ],
  ],
  [
    8000,
    'System',
    'Events related to system changes',
    [
      [8001, 'Unknown System Event', 1],
      [8031, 'Process Creation Success', 1],
      [8052, 'Removable Media', 2],
    ],
  ],
  [
    11000,
    'Application',
    'Events of applications',
    [
      [11001, 'Mail', 1],
      [11002, 'Web Access', 1],
      [11003, 'File Transfer', 2],
    ],
  ],
  [19000, 'Audit', 'Audit activity', [[19001, 'General Audit Event', 1]]],
  [20000, 'Risk', 'Risk', [[20001, 'User Behavior', 5]]],
];

/** 12 and 18 are recorded from real systems; the others keep their names, their numbers are the simulator's. */
export const LOG_SOURCE_TYPES: readonly (readonly [id: number, name: string])[] = [
  [2, 'Snort Open Source IDS'],
  [11, 'Linux OS'],
  [12, 'Microsoft Windows Security Event Log'],
  [18, 'Custom Rule Engine'],
  [73, 'Fortinet FortiGate Security Gateway'],
  [99, 'Microsoft SQL Server'],
  [139, 'Microsoft Exchange Server'],
  [206, 'Palo Alto PA Series'],
  [302, 'Zscaler Nss'],
  [337, 'Universal LEEF'],
  [338, 'Universal CEF'],
  [368, 'IBM Sense'],
  [397, 'Microsoft Office 365'],
  [413, 'Microsoft Entra ID'],
  [443, 'Microsoft Defender for Endpoint'],
];

/** `/siem/offense_types`: id, property name, name, database. */
export const OFFENSE_TYPES: readonly (readonly [id: number, property: string, name: string, database: string])[] = [
  [0, 'sourceIP', 'Source IP', 'COMMON'],
  [1, 'destinationIP', 'Destination IP', 'COMMON'],
  [2, 'qid', 'Event Name', 'EVENTS'],
  [3, 'userName', 'Username', 'EVENTS'],
  [4, 'sourceMAC', 'Source MAC Address', 'EVENTS'],
  [5, 'destinationMAC', 'Destination MAC Address', 'EVENTS'],
  [6, 'deviceId', 'Log Source', 'EVENTS'],
  [7, 'hostName', 'Hostname', 'EVENTS'],
  [8, 'sourcePort', 'Source Port', 'COMMON'],
  [9, 'destinationPort', 'Destination Port', 'COMMON'],
  [10, 'sourceV6', 'Source IPv6', 'COMMON'],
  [11, 'destinationV6', 'Destination IPv6', 'COMMON'],
  [12, 'sourceASN', 'Source ASN', 'COMMON'],
  [13, 'destinationASN', 'Destination ASN', 'COMMON'],
  [14, 'rule', 'Rule', 'EVENTS'],
  [15, 'applicationId', 'App ID', 'FLOWS'],
  [18, 'scheduledSearch', 'Scheduled Search', 'COMMON'],
];

/** Rules with their numbers; those named `UBA :` belong to the UBA app. */
export const RULES: readonly (readonly [id: number, name: string, enabled: boolean])[] = [
  [100_001, 'Multiple Login Failures for the Same User', true],
  [100_002, 'Login Failures Followed By Success from the same Username', true],
  [100_003, 'AI Sidecar Finding', true],
  [100_101, 'UBA : Create Offense', true],
];
