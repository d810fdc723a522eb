import { ACTIVITY_CLASSES, ACTIVITY_NAMES } from '../domain/activity.ts';
import type { AqlProfile, HasColumn, Meaning } from './aql-profile.ts';
import { categoryProfile } from './aql-profile-category.ts';
import { NAMED_PRODUCTS, namedProfile } from './aql-profile-named.ts';
import { WINDOWS_TYPE, windowsProfile } from './aql-profile-windows.ts';
import { findProperty } from './aql-properties.ts';
import { inList } from './aql-term.ts';

export const PROFILE_NAMES = ['windows', 'named', 'categories'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** Letter case ignored, as the console does. */
export function hasColumnIn(columns: readonly string[]): HasColumn {
  const known = new Set(columns.map((name) => name.toLowerCase()));
  return (name) => known.has(name.toLowerCase());
}

/** Whether an event speaks in our own words; `undefined` when the console cannot tell. */
export function namedTest(has: HasColumn): string | undefined {
  const [id, category] = [findProperty(has, ['EventID']), findProperty(has, ['Event Category'])];
  return id && category && `${inList(category, ACTIVITY_CLASSES)} AND ${inList(id, ACTIVITY_NAMES)}`;
}

/** @param namedShare share of the events that speak in our own words */
export function chooseProfile(logSourceType: string, namedShare: number): ProfileName {
  if (logSourceType === WINDOWS_TYPE) return 'windows';
  return namedShare >= 0.5 ? 'named' : 'categories';
}

export function makeProfile(name: ProfileName, logSourceType: string, has: HasColumn, meaning: Meaning): AqlProfile {
  if (name === 'windows') return windowsProfile(has, meaning);
  if (name === 'categories') return categoryProfile(has);
  const product = NAMED_PRODUCTS[logSourceType] ?? { classes: ACTIVITY_CLASSES, removable: true };
  return namedProfile(product, has, meaning);
}
