import { domainOfLogSource, identifierOf, makeLogSource } from '../state/log-sources.ts';
import type { LogSourceRecord } from '../state/records.ts';
import type { State } from '../state/state.ts';
import { UNIVERSAL_LEEF } from './device-support.ts';

/** Hosts are made up easily: beyond this many log sources nothing is discovered any more. */
const MAX_DISCOVERED = 20_000;
const GENERIC = 'SIM Generic Log DSM';
const CUSTOM_TYPES = 4000;

export interface Source {
  record: LogSourceRecord;
  typeName: string;
  domainId: number;
}

/** Finds, or discovers, the log source of a message by the identifier in its header and the product in its payload. */
export class SourceFinder {
  readonly #state: State;
  readonly #known = new Map<string, { size: number; version: number; source: Source }>();
  #version = 0;
  constructor(state: State) {
    this.#state = state;
  }

  /** Call when log sources or domains were changed through the API. */
  forget(): void {
    this.#version++;
  }

  find(identifier: string, typeId: number | undefined, nowMs: number): Source {
    const key = `${typeId ?? ''}|${identifier}`;
    const known = this.#known.get(key);
    if (known && known.version === this.#version && known.size === this.#state.logSources.size) return known.source;
    const record = this.#match(identifier, typeId) ?? this.#discover(identifier, typeId ?? UNIVERSAL_LEEF, nowMs);
    const source = {
      record,
      typeName: this.#state.logSourceTypes.get(record.type_id)?.name ?? 'Unknown',
      domainId: domainOfLogSource(this.#state, record.id),
    };
    if (this.#known.size > 2 * MAX_DISCOVERED) this.#known.clear();
    this.#known.set(key, { size: this.#state.logSources.size, version: this.#version, source });
    return source;
  }

  /** Same product first, then a type made on this system, then the universal one. */
  #match(identifier: string, typeId: number | undefined): LogSourceRecord | undefined {
    const here = this.#state.logSources.values().filter((one) => one.enabled && identifierOf(one) === identifier);
    return (
      here.find((one) => one.type_id === typeId) ??
      (typeId === undefined ? (here.find((one) => one.type_id >= CUSTOM_TYPES) ?? here[0]) : undefined)
    );
  }

  #discover(identifier: string, typeId: number, nowMs: number): LogSourceRecord {
    const state = this.#state;
    if (state.logSources.size >= MAX_DISCOVERED) {
      const generic = state.logSources.find((one) => one.name === GENERIC);
      return generic ?? makeLogSource(state, nowMs, { name: GENERIC, type_id: UNIVERSAL_LEEF, auto_discovered: true });
    }
    const typeName = typeId === 12 ? 'WindowsAuthServer' : (state.logSourceTypes.get(typeId)?.name ?? 'Unknown');
    return makeLogSource(state, nowMs, {
      name: `${typeName} @ ${identifier}`,
      type_id: typeId,
      identifier,
      auto_discovered: true,
    });
  }
}
