import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import type { Caller } from './caller.ts';
import type { Shape } from './shape.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** Rights of a role, by the names QRadar gives them; REFERENCE_DATA stands for "manage reference data". */
export const CAPABILITIES = [
  'ADMIN',
  'SEM',
  'EventViewer',
  'Surveillance',
  'Assets',
  'REFERENCE_DATA',
  'UEBA',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'body' | 'header';
  /** A list of words is an enumeration. */
  type: 'string' | 'number' | 'boolean' | 'json' | readonly string[];
  required?: boolean;
}

export interface DocumentedError {
  status: number;
  code: number;
  description: string;
}

/** One row of the API: declared once, served, listed by `/help/endpoints` and written into the coverage page. */
export interface Endpoint {
  method: Method;
  path: string;
  summary: string;
  /** First version that has it. */
  since: string;
  deprecated?: boolean;
  /** Any one of these rights opens it; empty means everybody with a token. */
  capabilities: readonly Capability[];
  parameters: readonly Parameter[];
  success: readonly number[];
  errors: readonly DocumentedError[];
  produces: readonly string[];
  shape?: Shape;
  /** GET of a list: Range, filter and sort, with the codes of a bad filter and a bad sort. */
  list?: { filterCode: number; sortCode: number };
  /** What the caller may do beyond reading is refused to read-only services; a search changes nothing. */
  changes: boolean;
  handle(call: Call): unknown;
}

/** A reply other than "first documented status, value as JSON". */
export class Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;
  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export interface CallParts {
  endpoint: Endpoint;
  world: World;
  caller: Caller;
  version: string;
  headers: ReadonlyMap<string, string>;
  values: ReadonlyMap<string, unknown>;
  media: string;
}

/** A checked request: parameters have their declared types. */
export class Call {
  readonly world: World;
  readonly caller: Caller;
  readonly version: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly media: string;
  readonly #endpoint: Endpoint;
  readonly #values: ReadonlyMap<string, unknown>;
  constructor(parts: CallParts) {
    this.world = parts.world;
    this.caller = parts.caller;
    this.version = parts.version;
    this.headers = parts.headers;
    this.media = parts.media;
    this.#endpoint = parts.endpoint;
    this.#values = parts.values;
  }

  text(name: string): string | undefined {
    return this.#values.get(name) as string | undefined;
  }
  number(name: string): number | undefined {
    return this.#values.get(name) as number | undefined;
  }
  flag(name: string): boolean | undefined {
    return this.#values.get(name) as boolean | undefined;
  }
  json(name: string): unknown {
    return this.#values.get(name);
  }
  get now(): number {
    return this.world.now();
  }

  /** The documented error with this status and code; an undocumented one is a fault of the simulator itself. */
  error(status: number, code: number, message: string, details: Record<string, unknown> = {}): ApiError {
    const known = this.#endpoint.errors.find((one) => one.status === status && one.code === code);
    if (!known)
      throw new Error(`${this.#endpoint.method} ${this.#endpoint.path} documents no ${status}/${code} (${message})`);
    return new ApiError(status, code, message, { description: known.description, details });
  }
}
