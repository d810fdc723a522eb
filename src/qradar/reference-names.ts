import { refuse } from './errors.ts';

export const USERS_NOT_TRACKED = 'UBA : Users Not Tracked';

/** Collections of UBA and its machine learning are theirs: changing them may break the app. */
export function assertOwnCollection(name: string): void {
  if (/^\s*(UBA|ML|IBM Sense)\s*:/i.test(name))
    throw refuse(`"${name.slice(0, 60)}" belongs to UBA and is never written`);
}

export type ElementType = 'ALN' | 'ALNIC' | 'NUM' | 'IP' | 'PORT' | 'DATE' | 'CIDR';

export interface NewCollection {
  name: string;
  elementType: ElementType;
  description?: string;
}

/** Who wrote an entry, as it stands in QRadar. */
export const ENTRY_SOURCE = 'undercurrent';
