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
