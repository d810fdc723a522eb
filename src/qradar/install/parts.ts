import { createEventPart, createMappingPart } from './event-parts.ts';
import { createSourcePart, createTypePart } from './log-source-parts.ts';
import type { Part, PartCall, PartContext } from './part.ts';
import { createExpressionPart, createPropertyPart } from './property-parts.ts';
import { createClaimsPart } from './set-part.ts';
import { WANTED_EVENTS, WANTED_PROPERTIES } from './wanted.ts';

/** Everything that is wanted on the console, what others belong to first. */
export function createParts(context: PartContext, isOffered: (call: PartCall) => boolean): Part[] {
  const claims = createClaimsPart(context);
  return [
    createTypePart(context),
    createSourcePart(context),
    ...WANTED_EVENTS.map((event) => createEventPart(context, event)),
    ...WANTED_EVENTS.map((event) => createMappingPart(context, event)),
    ...WANTED_PROPERTIES.map((property) => createPropertyPart(context, property)),
    ...WANTED_PROPERTIES.map((property) => createExpressionPart(context, property)),
    // Older consoles have no sets whose entries can be claimed.
    ...(isOffered(claims.make) ? [claims] : []),
  ];
}
