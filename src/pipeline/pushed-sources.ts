import { PROFILE_NAMES, type ProfileName } from '../features/aql-profiles.ts';

/** A log source type whose figures QRadar computes, and what its searches cannot see. */
export interface PushedSource {
  deviceType: number;
  logSourceType: string;
  profile: ProfileName;
  /** For readers of findings, to stand after "not seen"; `''` when nothing is hidden. */
  blindSpots: string;
  /** Features that are lower bounds, and features that cannot be had. */
  partial: string[];
  missing: string[];
}

export interface SourceState {
  read(source: string): Promise<unknown>;
  write(source: string, body: object, nowMs: number): Promise<void>;
}

export const FEATURE_CURSOR = 'ariel-features';

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** Sources of which figures have been taken; what is not in the expected form is left out. */
export async function readPushedSources(state: Pick<SourceState, 'read'>): Promise<PushedSource[]> {
  const body = await state.read(FEATURE_CURSOR);
  const sources = typeof body === 'object' && body !== null && 'sources' in body ? body.sources : undefined;
  return Array.isArray(sources) ? sources.filter(isSource) : [];
}

function isSource(value: unknown): value is PushedSource {
  if (typeof value !== 'object' || value === null) return false;
  const one = value as Partial<PushedSource>;
  return (
    Number.isSafeInteger(one.deviceType) &&
    typeof one.logSourceType === 'string' &&
    typeof one.blindSpots === 'string' &&
    PROFILE_NAMES.includes(one.profile as ProfileName) &&
    isTexts(one.partial) &&
    isTexts(one.missing)
  );
}

/** Texts for findings about people whose figures may come from these sources. */
export const readBlindSpots = async (state: Pick<SourceState, 'read'>): Promise<string[]> =>
  (await readPushedSources(state)).flatMap(({ blindSpots }) => (blindSpots === '' ? [] : [blindSpots])).sort();
