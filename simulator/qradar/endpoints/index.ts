import type { Endpoint } from '../http/endpoint.ts';
import { ACCESS_ENDPOINTS } from './access.ts';
import { ANALYTICS_ENDPOINTS } from './analytics.ts';
import { APP_ENDPOINTS } from './apps.ts';
import { ARIEL_ENDPOINTS } from './ariel.ts';
import { ASSET_ENDPOINTS } from './assets.ts';
import { CUSTOM_PROPERTY_ENDPOINTS } from './custom-properties.ts';
import { DATA_CLASSIFICATION_ENDPOINTS } from './data-classification.ts';
import { DOMAIN_ENDPOINTS } from './domains.ts';
import { HELP_ENDPOINTS } from './help.ts';
import { LOG_SOURCE_ENDPOINTS } from './log-sources.ts';
import { OFFENSE_CONTEXT_ENDPOINTS } from './offense-context.ts';
import { NOTE_ENDPOINTS } from './offense-notes.ts';
import { OFFENSE_ENDPOINTS } from './offenses.ts';
import { REFERENCE_DATA_ENDPOINTS } from './reference-data.ts';
import { REFERENCE_SET_ENDPOINTS } from './reference-sets.ts';
import { SET_COLLECTION_ENDPOINTS } from './set-collections.ts';
import { SET_ENTRY_ENDPOINTS } from './set-entries.ts';
import { SYSTEM_ENDPOINTS } from './system.ts';
import { TENANT_ENDPOINTS } from './tenants.ts';

/** The whole REST API of the simulator, below `/api`. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...OFFENSE_ENDPOINTS,
  ...NOTE_ENDPOINTS,
  ...OFFENSE_CONTEXT_ENDPOINTS,
  ...ARIEL_ENDPOINTS,
  ...ANALYTICS_ENDPOINTS,
  ...REFERENCE_DATA_ENDPOINTS,
  ...REFERENCE_SET_ENDPOINTS,
  ...SET_COLLECTION_ENDPOINTS,
  ...SET_ENTRY_ENDPOINTS,
  ...ASSET_ENDPOINTS,
  ...ACCESS_ENDPOINTS,
  ...TENANT_ENDPOINTS,
  ...DOMAIN_ENDPOINTS,
  ...LOG_SOURCE_ENDPOINTS,
  ...DATA_CLASSIFICATION_ENDPOINTS,
  ...CUSTOM_PROPERTY_ENDPOINTS,
  ...APP_ENDPOINTS,
  ...SYSTEM_ENDPOINTS,
  ...HELP_ENDPOINTS,
];

export { UBA_ENDPOINTS } from './uba.ts';
