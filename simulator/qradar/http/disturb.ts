import type { Faults } from '../play/faults.ts';
import type { HttpReply } from './answer.ts';
import { ApiError } from './api-error.ts';

const refuse = (error: ApiError): HttpReply => ({
  status: error.status,
  headers: { 'Content-Type': 'application/json', ...error.headers },
  body: JSON.stringify(error.body()),
});

/** What befalls a request before anybody looks at it: a reply instead, a cut connection, or nothing but time. */
export async function disturb(faults: Faults): Promise<HttpReply | 'cut' | undefined> {
  const { settings } = faults;
  const waitMs = faults.latency();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  if (faults.strikes(settings.cutBeforeRate)) return 'cut';
  if (faults.strikes(settings.error429Rate)) {
    const headers = { 'Retry-After': String(settings.retryAfterSeconds) };
    return refuse(new ApiError(429, 0, 'Too many requests.', { headers }));
  }
  if (faults.strikes(settings.error503Rate))
    return refuse(new ApiError(503, 1010, 'The server might be temporarily unavailable. Please try again later.'));
  return undefined;
}
