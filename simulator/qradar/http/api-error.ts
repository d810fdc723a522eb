/** What `http_response` says for a status. */
const STATUS_TEXT: Record<number, string> = {
  400: 'Invalid syntax for this request was provided.',
  401: 'You are unauthorized to access the requested resource.',
  403: 'Your account is not authorized to access the requested resource',
  404: 'We could not find the resource you requested.',
  405: 'The method specified is not allowed for this resource.',
  406: 'The resource cannot produce a response of an acceptable media type.',
  409: 'The request could not be completed due to a conflict with the current state of the resource',
  413: 'The request body is too large.',
  415: 'The media type of the request is not supported.',
  422: 'The request was well-formed but was unable to be followed due to semantic errors',
  429: 'Too many requests.',
  500: 'Unexpected internal server error',
  503: 'The service is temporarily unavailable.',
};

/** A failed request. `description` is the endpoint's documented text, empty when the framework refused the request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: number;
  readonly description: string;
  readonly details: Record<string, unknown>;
  readonly headers: Record<string, string>;
  constructor(
    status: number,
    code: number,
    message: string,
    more: { description?: string; details?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.description = more.description ?? '';
    this.details = more.details ?? {};
    this.headers = more.headers ?? {};
  }

  body(): Record<string, unknown> {
    return {
      message: this.message,
      details: this.details,
      description: this.description,
      code: this.code,
      http_response: { message: STATUS_TEXT[this.status] ?? '', code: this.status },
    };
  }
}
