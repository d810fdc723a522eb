import { AppError, ERROR_CODES, type ErrorCode } from '../domain/errors.ts';

/**
 * Who said no. `framework`: the console's request checks, small codes and no description. `endpoint`: the endpoint
 * itself, with its documented code. `gateway`: something in between, whose body is not QRadar's. `transport`: no reply.
 * `client`: refused here, before or after the call.
 */
export type ErrorLayer = 'transport' | 'gateway' | 'framework' | 'endpoint' | 'client';

/** Did the request take effect? `none`: certainly not. `unknown`: it may have. `answered`: the reply says. */
export type Outcome = 'none' | 'unknown' | 'answered';

export interface QRadarErrorFields {
  layer: ErrorLayer;
  outcome: Outcome;
  /** `GET /siem/offenses`, without parameters. */
  request: string;
  /** HTTP status, when there was a reply. */
  status?: number | undefined;
  /** QRadar's own code. Unique for one endpoint only. */
  uniqueCode?: number | undefined;
  /** How long the console asked to wait, from `Retry-After`. */
  retryAfterMs?: number | undefined;
  /** `details` of the error body, such as the position in a rejected AQL text. Untrusted. */
  details?: Readonly<Record<string, unknown>> | undefined;
  /** The reply was larger than allowed: ask for less. */
  tooLarge?: boolean | undefined;
}

/** Branch on `code`; the fields tell the rest. */
export class QRadarError extends AppError implements QRadarErrorFields {
  readonly layer: ErrorLayer;
  readonly outcome: Outcome;
  readonly request: string;
  readonly status: number | undefined;
  readonly uniqueCode: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly tooLarge: boolean;

  constructor(code: ErrorCode, message: string, fields: QRadarErrorFields, options?: ErrorOptions) {
    super(code, message, options);
    this.layer = fields.layer;
    this.outcome = fields.outcome;
    this.request = fields.request;
    this.status = fields.status;
    this.uniqueCode = fields.uniqueCode;
    this.retryAfterMs = fields.retryAfterMs;
    this.details = fields.details;
    this.tooLarge = fields.tooLarge ?? false;
  }

  /** Whether the same request may succeed later. Whether it may be repeated is another question: see `outcome`. */
  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

export const hasCode = (error: unknown, ...codes: ErrorCode[]): error is QRadarError =>
  error instanceof QRadarError && codes.includes(error.code);

/** A request this client refuses to send. */
export const refuse = (message: string, request = ''): QRadarError =>
  new QRadarError('QRADAR_REJECTED', message, { layer: 'client', outcome: 'none', request });
