import { z } from 'zod';
import type { ErrorCode } from '../domain/errors.ts';
import { type ErrorLayer, QRadarError } from './errors.ts';
import type { HttpReply } from './transport.ts';

/** The error body of the console. Everything may be missing in practice. */
const ErrorBody = z.object({
  message: z.string().nullish(),
  description: z.string().nullish(),
  code: z.number().int().nullish(),
  details: z.record(z.string(), z.unknown()).nullish(),
  http_response: z.object({ code: z.number().nullish(), message: z.string().nullish() }).nullish(),
});

const MAX_MESSAGE = 500;

/** A reply with an error status as a typed error. `request` is for people, `path` tells what a code means there. */
export function errorOfReply(reply: HttpReply, request: string, path: string, nowMs: number): QRadarError {
  const body = readBody(reply);
  const uniqueCode = body?.code ?? undefined;
  // The request checks of the console answer with an empty description, the endpoints with their documented one.
  const layer: ErrorLayer = body === undefined ? 'gateway' : body.description ? 'endpoint' : 'framework';
  const code = codeOf(reply.status, uniqueCode, body?.message ?? '', path);
  const text = (body?.message || body?.description || body?.http_response?.message || '').trim().slice(0, MAX_MESSAGE);
  const number = uniqueCode === undefined ? '' : ` (code ${uniqueCode})`;
  return new QRadarError(code, `QRadar answered ${reply.status}${number} to ${request}${text ? `: ${text}` : ''}`, {
    layer,
    outcome: 'answered',
    request,
    status: reply.status,
    uniqueCode,
    retryAfterMs: parseRetryAfter(reply.headers['retry-after'], nowMs),
    details: body?.details ?? undefined,
  });
}

function readBody(reply: HttpReply): z.infer<typeof ErrorBody> | undefined {
  try {
    const result = ErrorBody.safeParse(JSON.parse(reply.body.toString('utf8')));
    // Any JSON object fits the shape; a body of QRadar has at least one of these.
    return result.success && (result.data.message != null || result.data.code != null) ? result.data : undefined;
  } catch {
    return undefined;
  }
}

function codeOf(status: number, uniqueCode: number | undefined, message: string, path: string): ErrorCode {
  switch (status) {
    case 401:
      return 'QRADAR_UNAUTHORIZED';
    case 403:
      return 'QRADAR_FORBIDDEN';
    case 404:
      // 1003 is "still running" for results of a search, and a missing part elsewhere.
      return uniqueCode === 1003 && /^\/ariel\/searches\/[^/]+\/results$/.test(path)
        ? 'QRADAR_NOT_READY'
        : 'QRADAR_NOT_FOUND';
    case 409:
      return 'QRADAR_CONFLICT';
    case 422:
      if (uniqueCode === 2000 && path.startsWith('/ariel/')) return 'QRADAR_AQL_REJECTED';
      return /^Version .* (has been removed|is not a valid version)/.test(message)
        ? 'QRADAR_VERSION'
        : 'QRADAR_REJECTED';
    case 429:
    case 503:
      return 'QRADAR_BUSY';
  }
  if (status >= 500) return 'QRADAR_FAILED';
  return status >= 400 ? 'QRADAR_REJECTED' : 'QRADAR_REPLY_INVALID';
}

/** `Retry-After`: seconds, or an HTTP date. `undefined` when absent or not understood. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const at = /[A-Za-z]{3},? /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
