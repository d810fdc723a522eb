import type { Config } from './config/load-config.ts';
import { type DataStore, openDataStore } from './store/open-data-store.ts';

export interface OpenOptions {
  /** Make the data directory when it is absent. */
  create: boolean;
  /** Told once when another process owns the directory and waiting begins. */
  onWait(message: string): void;
}

/** Joins configuration and store. Loaded only by commands that open the data directory. */
export function openStore(config: Config, options: OpenOptions): Promise<DataStore> {
  const { encryption, keyFile, duckdbExtension, memoryLimitMb } = config.storage;
  const { directory } = config.data;
  return openDataStore({ directory, encryption, keyFile, duckdbExtension, memoryLimitMb, ...options });
}
