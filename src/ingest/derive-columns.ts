import type { Activity } from '../domain/activity.ts';
import { fileCategory } from './classify-file.ts';
import { pathSensitivity, patternSensitivity } from './classify-sensitivity.ts';
import { hostOf, webCategory } from './classify-web.ts';
import type { ParseContext } from './options.ts';

/**
 * Fills the typed columns that follow from the text of an activity: what the file is, what the site is, how sensitive the
 * target is. Values the source gave are kept. Classes whose resource is neither a path nor a URL are left alone.
 */
export function deriveColumns(activity: Activity, context: ParseContext): Activity {
  const resource = activity.resource;
  switch (activity.class) {
    case 'file_system':
    case 'file_hosting':
    case 'peripheral':
      if (activity.fileCategory === 'none' && activity.class !== 'peripheral') {
        activity.fileCategory = fileCategory(resource);
      }
      raise(activity, activity.fileCategory === 'credential' ? 3 : pathSensitivity(resource, context));
      break;
    case 'http':
    case 'api':
      if (resource !== '' || activity.target !== '') {
        const host = activity.target !== '' && !resource.includes('://') ? activity.target : hostOf(resource);
        if (activity.target === '') activity.target = host;
        if (activity.webCategory === 'none' && activity.class === 'http') {
          activity.webCategory = webCategory(resource, hostOf(host), context.internalDomains);
        }
      }
      if (activity.activity === 'download' || activity.activity === 'upload') {
        if (activity.fileCategory === 'none') activity.fileCategory = fileCategory(stripQuery(resource));
      }
      if (context.sensitivePatterns.length > 0) raise(activity, patternSensitivity(resource.toLowerCase(), context));
      break;
    case 'datastore':
      raise(activity, pathSensitivity(resource, context));
      break;
    default:
      if (context.sensitivePatterns.length > 0) raise(activity, patternSensitivity(resource.toLowerCase(), context));
  }
  return activity;
}

export function raise(activity: Activity, level: Activity['sensitivity']): void {
  if (level > activity.sensitivity) activity.sensitivity = level;
}

function stripQuery(url: string): string {
  const query = url.search(/[?#]/);
  const path = query < 0 ? url : url.slice(0, query);
  const scheme = path.indexOf('://');
  const slash = path.indexOf('/', scheme < 0 ? 0 : scheme + 3);
  return slash < 0 ? '' : path.slice(slash + 1);
}
