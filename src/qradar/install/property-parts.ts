import { z } from 'zod';
import { cutText, id, name, optional } from '../fields.ts';
import { equals } from '../filter.ts';
import { apiPath } from '../paths.ts';
import { TYPE } from './log-source-parts.ts';
import { keyOf, type Part, type PartContext } from './part.ts';
import { MARK, type WantedProperty } from './wanted.ts';

const BASE = '/config/event_sources/custom_properties';
const PROPERTIES = `${BASE}/regex_properties`;
const EXPRESSIONS = `${BASE}/property_leef_expressions`;

const Property = z.object({
  id,
  identifier: name,
  name,
  description: optional(cutText(2000)),
  use_for_rule_engine: optional(z.boolean()),
});
const Expression = z.object({
  id,
  regex_property_identifier: name,
  expression: cutText(2000),
  log_source_type_id: optional(id),
  enabled: optional(z.boolean()),
});

export function createPropertyPart({ requester }: PartContext, wanted: WantedProperty): Part {
  return {
    kind: 'custom property',
    name: wanted.name,
    read: [['GET', PROPERTIES]],
    make: ['POST', PROPERTIES],
    change: ['POST', `${PROPERTIES}/{id}`],
    remove: ['DELETE', `${PROPERTIES}/{id}`],
    async find(_known, signal) {
      const query = { filter: equals('name', wanted.name).text };
      const found = (await requester.list({ path: PROPERTIES, query, signal }, Property)).find(
        (one) => one.name === wanted.name,
      );
      if (!found) return undefined;
      const difference = wanted.isForRules && found.use_for_rule_engine === false ? 'rules cannot use it' : undefined;
      return { id: found.id, identifier: found.identifier, difference, isMarked: found.description === MARK };
    },
    async create(_known, signal) {
      const json = {
        name: wanted.name,
        description: MARK,
        property_type: wanted.type,
        use_for_rule_engine: wanted.isForRules,
      };
      return (await requester.call({ method: 'POST', path: PROPERTIES, json, signal }, Property)).body;
    },
    async update(propertyId, _known, signal) {
      const path = `${PROPERTIES}${apiPath`/${propertyId}`}`;
      await requester.run({ method: 'POST', path, json: { use_for_rule_engine: true }, signal });
    },
    async delete(propertyId, signal) {
      await requester.run({ method: 'DELETE', path: `${PROPERTIES}${apiPath`/${propertyId}`}`, signal });
    },
  };
}

/** How the property is read from our events: the key of the LEEF attribute. */
export function createExpressionPart({ requester }: PartContext, wanted: WantedProperty): Part {
  const property = { kind: 'custom property', name: wanted.name } as const;
  return {
    kind: 'property expression',
    name: `${wanted.name} = ${wanted.key}`,
    read: [['GET', EXPRESSIONS]],
    make: ['POST', EXPRESSIONS],
    change: ['POST', `${EXPRESSIONS}/{id}`],
    remove: ['DELETE', `${EXPRESSIONS}/{id}`],
    async find(known, signal) {
      const [type, owner] = [known.get(keyOf(TYPE)), known.get(keyOf(property))];
      if (!type || owner?.identifier === undefined) return undefined;
      const query = { filter: equals('regex_property_identifier', owner.identifier).text };
      const found = (await requester.list({ path: EXPRESSIONS, query, signal }, Expression)).find(
        (one) => one.log_source_type_id === type.id,
      );
      if (!found) return undefined;
      const isRight = found.expression === wanted.key && found.enabled !== false;
      return { id: found.id, difference: isRight ? undefined : 'reads another key or is disabled', isMarked: false };
    },
    async create(known, signal) {
      const json = {
        regex_property_identifier: known.get(keyOf(property))!.identifier!,
        expression: wanted.key,
        log_source_type_id: known.get(keyOf(TYPE))!.id,
        enabled: true,
      };
      return (await requester.call({ method: 'POST', path: EXPRESSIONS, json, signal }, z.object({ id }))).body;
    },
    async update(expressionId, _known, signal) {
      const path = `${EXPRESSIONS}${apiPath`/${expressionId}`}`;
      await requester.run({ method: 'POST', path, json: { expression: wanted.key, enabled: true }, signal });
    },
    async delete(expressionId, signal) {
      await requester.run({ method: 'DELETE', path: `${EXPRESSIONS}${apiPath`/${expressionId}`}`, signal });
    },
  };
}
