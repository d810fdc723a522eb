/** Every error the product raises on purpose. `exit` is the process exit code of a command that fails with it. */
export const ERROR_CODES = {
  USAGE: { exit: 2, retryable: false, text: 'the command line is not valid' },
  CONFIG_INVALID: { exit: 2, retryable: false, text: 'the configuration is not valid' },
  INPUT_NOT_FOUND: { exit: 2, retryable: false, text: 'a file or folder does not exist or cannot be read' },
  INPUT_INVALID: { exit: 2, retryable: false, text: 'an input file is not in the expected form' },
  NO_DATA: { exit: 2, retryable: false, text: 'the data directory holds nothing to work on' },
  DATA_BUSY: { exit: 2, retryable: true, text: 'another process owns the data directory' },
  DATA_FORMAT: { exit: 2, retryable: false, text: 'the data directory was written by a newer version' },
  KEY_MISSING: { exit: 2, retryable: false, text: 'the key file is missing or does not fit the data' },
  ENCRYPTION_UNAVAILABLE: { exit: 2, retryable: false, text: 'the asked-for encryption is not available' },
  AUDIT_BROKEN: { exit: 1, retryable: false, text: 'the audit chain does not verify' },
  PERSON_NOT_FOUND: { exit: 2, retryable: false, text: 'no such person' },
  WORKER_FAILED: { exit: 1, retryable: true, text: 'a worker thread ended without a result' },
  STOPPED: { exit: 130, retryable: true, text: 'the command was stopped' },
  INTERNAL: { exit: 1, retryable: false, text: 'an unexpected failure' },
  QRADAR_NOT_CONFIGURED: { exit: 2, retryable: false, text: 'no QRadar address or token is configured' },
  QRADAR_CERTIFICATE: { exit: 2, retryable: false, text: "the console's certificate is not trusted" },
  QRADAR_UNREACHABLE: { exit: 1, retryable: true, text: 'QRadar cannot be reached, or did not answer' },
  QRADAR_UNAUTHORIZED: { exit: 2, retryable: false, text: 'QRadar does not accept the token' },
  QRADAR_FORBIDDEN: { exit: 2, retryable: false, text: 'the token lacks a right' },
  QRADAR_VERSION: { exit: 2, retryable: false, text: 'the console does not offer the API version' },
  QRADAR_NOT_FOUND: { exit: 1, retryable: false, text: 'QRadar has no such thing' },
  QRADAR_NOT_READY: { exit: 1, retryable: true, text: 'results of a search are not ready yet' },
  QRADAR_CONFLICT: { exit: 1, retryable: false, text: 'it exists already, or its state does not allow it' },
  QRADAR_REJECTED: { exit: 1, retryable: false, text: 'QRadar does not accept the request' },
  QRADAR_AQL_REJECTED: { exit: 1, retryable: false, text: 'QRadar does not accept the AQL' },
  QRADAR_BUSY: { exit: 1, retryable: true, text: 'QRadar is overloaded or in maintenance' },
  QRADAR_FAILED: { exit: 1, retryable: true, text: 'QRadar failed inside' },
  QRADAR_REPLY_INVALID: { exit: 1, retryable: false, text: 'a reply is not in the documented form, or too large' },
  QRADAR_SEARCH_FAILED: { exit: 1, retryable: true, text: 'a search ended without results' },
  QRADAR_RIGHTS_MISSING: { exit: 2, retryable: false, text: 'the token lacks rights that the phase needs' },
  TRACKING_UNKNOWN: { exit: 1, retryable: true, text: 'it is not known yet who must not be tracked' },
  SYSLOG_LISTEN_FAILED: { exit: 2, retryable: true, text: 'cannot listen for syslog' },
  SYSLOG_SEND_FAILED: { exit: 1, retryable: true, text: 'an event cannot be sent by syslog' },
  SYSLOG_SPOOL_FAILED: { exit: 1, retryable: true, text: 'the spool of received messages cannot be used' },
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

/** Branch on `code`, never on the message. Send plain fields between threads: a cloned Error loses its code. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
