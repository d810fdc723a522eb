import type { Endpoint } from '../http/endpoint.ts';
import { HELP_ENDPOINTS } from './help.ts';
import { SYSTEM_ENDPOINTS } from './system.ts';

/** The whole API of the simulator. */
export const ENDPOINTS: readonly Endpoint[] = [...HELP_ENDPOINTS, ...SYSTEM_ENDPOINTS];
