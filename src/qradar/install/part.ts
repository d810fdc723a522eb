import type { Requester } from '../requester.ts';

export type PartKind =
  | 'log source type'
  | 'log source'
  | 'event'
  | 'event mapping'
  | 'custom property'
  | 'property expression'
  | 'reference set';

export type PartCall = readonly [method: 'GET' | 'POST' | 'DELETE', path: string];

/** Ids of parts that are there, by `keyOf`; of properties their identifier, which expressions refer to. */
export type KnownParts = Map<string, { id: number; identifier?: string }>;

export interface FoundPart {
  id: number;
  identifier?: string;
  /** What is not as it should be; `undefined`: nothing. */
  difference?: string | undefined;
  /** It says itself that it was made by the installer. */
  isMarked: boolean;
}

/** One thing on the console. `find` gives `undefined` also while what it belongs to is missing. */
export interface Part {
  kind: PartKind;
  name: string;
  read: readonly PartCall[];
  make: PartCall;
  change?: PartCall;
  remove: PartCall;
  find(known: KnownParts, signal?: AbortSignal): Promise<FoundPart | undefined>;
  create(known: KnownParts, signal?: AbortSignal): Promise<{ id: number; identifier?: string }>;
  update?(id: number, known: KnownParts, signal?: AbortSignal): Promise<void>;
  delete(id: number, signal?: AbortSignal): Promise<void>;
}

export interface PartContext {
  requester: Requester;
  /** Host name in the header of our events. */
  identifier: string;
}

export const keyOf = ({ kind, name }: Pick<Part, 'kind' | 'name'>): string => `${kind} ${name}`;
