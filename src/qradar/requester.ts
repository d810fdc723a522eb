import { z } from 'zod';
import { errorOfReply } from './error-reply.ts';
import { QRadarError } from './errors.ts';
import { type ContentRange, formatRange, hasMore, parseContentRange } from './paging.ts';
import { encodeQuery, type QueryValue } from './paths.ts';
import { DEFAULT_RETRY, type RetryPolicy, withRetry } from './retry.ts';
import type { Timing } from './timing.ts';
import type { HttpReply, HttpRequest, Transport } from './transport.ts';

export interface ApiRequest {
  /** GET unless said otherwise. */
  method?: HttpRequest['method'];
  /** Below `/api` unless `root` says otherwise; made with `apiPath`. */
  path: string;
  root?: '/api' | '';
  /** The path as messages show it, where it holds names that should not stand in a log. */
  shownPath?: string;
  query?: Readonly<Record<string, QueryValue>>;
  /** Sent as a form body, where a query would be too long or too visible. */
  form?: Readonly<Record<string, QueryValue>>;
  json?: unknown;
  range?: { from: number; count: number };
  /** `Prefer: wait=N`: the console answers when there is news, or after N seconds with 206. */
  waitSeconds?: number;
  /** Whether repeating it does no harm. GET, DELETE and PATCH: yes unless said otherwise; POST: no. */
  isRepeatable?: boolean;
  /** Without a Version header, for questions about versions. */
  unversioned?: boolean;
  signal?: AbortSignal | undefined;
  maxBytes?: number;
}

export interface ApiReply<T> {
  status: number;
  body: T;
  contentRange: ContentRange | undefined;
}

export interface ListOptions {
  pageSize?: number;
  /** More than this is an error, so that a list is never cut in silence. */
  maxItems?: number;
}

export interface Requester {
  call<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<ApiReply<T>>;
  /** For replies whose body says nothing. */
  run(request: ApiRequest): Promise<number>;
  /** All pages of a list, one at a time. */
  pages<T>(request: ApiRequest, item: z.ZodType<T>, options?: ListOptions): AsyncGenerator<T[]>;
  list<T>(request: ApiRequest, item: z.ZodType<T>, options?: ListOptions): Promise<T[]>;
  /** The same console and settings, with a version to ask for. */
  withVersion(version: string): Requester;
  readonly version: string | undefined;
  readonly pageSize: number;
  readonly timing: Timing;
}

export interface RequesterOptions {
  transport: Transport;
  token: { reveal(): string };
  timing: Timing;
  timeoutMs?: number;
  pageSize?: number;
  retry?: RetryPolicy;
  version?: string | undefined;
  /** Told once for each deprecated call the console names. */
  onDeprecated?: (call: string, warning: string) => void;
}

export const MAX_REPLY_BYTES = 33_554_432;
const MAX_LIST_ITEMS = 200_000;

export function createRequester(options: RequesterOptions): Requester {
  const { transport, token, timing } = options;
  const retry = options.retry ?? DEFAULT_RETRY;
  const timeoutMs = options.timeoutMs ?? 60_000;
  const pageSize = options.pageSize ?? 500;
  const warned = new Set<string>();

  async function send(request: ApiRequest): Promise<HttpReply> {
    const method = request.method ?? 'GET';
    const isRepeatable = request.isRepeatable ?? method !== 'POST';
    const name = nameOf(request);
    const body = request.json === undefined ? request.form && encodeQuery(request.form) : JSON.stringify(request.json);
    const query = encodeQuery(request.query ?? {});
    const http: HttpRequest = {
      method,
      target: `${request.root ?? '/api'}${request.path}${query ? `?${query}` : ''}`,
      headers: headersOf(request, body),
      body,
      timeoutMs: timeoutMs + (request.waitSeconds ?? 0) * 1000,
      maxBytes: request.maxBytes ?? MAX_REPLY_BYTES,
      signal: request.signal,
      freshConnection: !isRepeatable,
      name,
    };
    const attempt = async () => {
      const reply = await transport.send(http);
      if (reply.status < 200 || reply.status > 299) throw errorOfReply(reply, name, request.path, timing.now());
      noteDeprecation(name, reply);
      return reply;
    };
    return withRetry(attempt, isRepeatable, retry, timing, request.signal);
  }

  function headersOf(request: ApiRequest, body: string | undefined): Record<string, string> {
    const headers: Record<string, string> = { SEC: token.reveal(), Accept: 'application/json' };
    if (options.version !== undefined && !request.unversioned && request.root !== '') headers.Version = options.version;
    if (request.range) headers.Range = formatRange(request.range.from, request.range.count);
    if (request.waitSeconds) headers.Prefer = `wait=${request.waitSeconds}`;
    if (request.json !== undefined) headers['Content-Type'] = 'application/json';
    else if (body !== undefined) headers['Content-Type'] = 'application/x-www-form-urlencoded';
    return headers;
  }

  function noteDeprecation(name: string, reply: HttpReply): void {
    const warning = reply.headers.deprecated;
    if (warning === undefined) return;
    const call = name.replace(/\/\d+(?=\/|$)/g, '/{id}');
    if (warned.has(call) || warned.size >= 200) return;
    warned.add(call);
    options.onDeprecated?.(call, String(warning).slice(0, 500));
  }

  async function call<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<ApiReply<T>> {
    const reply = await send(request);
    const name = nameOf(request);
    return {
      status: reply.status,
      body: readJson(reply, schema, name),
      contentRange: parseContentRange(reply.headers['content-range']),
    };
  }

  async function* pages<T>(request: ApiRequest, item: z.ZodType<T>, list: ListOptions = {}): AsyncGenerator<T[]> {
    const maxItems = list.maxItems ?? MAX_LIST_ITEMS;
    const schema = z.array(item).max(maxItems + 1);
    const count = list.pageSize ?? pageSize;
    for (let from = 0; ; ) {
      const reply = await call({ ...request, range: { from, count } }, schema);
      const got = reply.body.length;
      if (from + got > maxItems) {
        const fields = { layer: 'client' as const, outcome: 'answered' as const, request: `GET ${request.path}` };
        throw new QRadarError('QRADAR_REPLY_INVALID', `GET ${request.path}: more than ${maxItems} items`, fields);
      }
      if (got > 0) yield reply.body;
      if (!hasMore(from, count, got, reply.contentRange?.total)) return;
      from += got;
    }
  }

  return {
    call,
    run: async (request) => (await send(request)).status,
    pages,
    async list(request, item, list) {
      const items = [];
      for await (const page of pages(request, item, list)) for (const one of page) items.push(one);
      return items;
    },
    withVersion: (version) => createRequester({ ...options, version }),
    version: options.version,
    pageSize,
    timing,
  };
}

const nameOf = (request: ApiRequest) => `${request.method ?? 'GET'} ${request.shownPath ?? request.path}`;

/** The body as the schema says. An empty body is `undefined`, which a schema may accept. */
function readJson<T>(reply: HttpReply, schema: z.ZodType<T>, name: string): T {
  const fields = { layer: 'client' as const, outcome: 'answered' as const, request: name, status: reply.status };
  let content: unknown;
  try {
    const text = reply.body.toString('utf8');
    content = text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    throw new QRadarError('QRADAR_REPLY_INVALID', `${name}: the reply is not JSON`, fields);
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const place = issue.path.map(String).join('.').slice(0, 100);
  throw new QRadarError('QRADAR_REPLY_INVALID', `${name}: ${place || 'the reply'}: ${issue.message}`, fields);
}
