import type { CliContext } from './cli/context.ts';
import { openDataStore } from './store/open-data-store.ts';

/** Joins configuration and store. Loaded only by commands that open the data directory. */
export const openStore: CliContext['openStore'] = (config, { create }) =>
  openDataStore({ directory: config.data.directory, create, ...config.storage });
