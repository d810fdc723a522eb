import { createMatrix, type Matrix } from '../numeric/matrix.ts';
import { explainedShare } from './explained-share.ts';
import type { PersonAttributes } from './ports.ts';

export const ATTRIBUTES = ['role', 'department', 'team', 'project'] as const;
export type AttributeName = (typeof ATTRIBUTES)[number];

/** Categories of fewer people than this are drawn towards the average. */
const SHRINK_PEOPLE = 3;

export interface AttributeSpace {
  /** Share of behavioural variance each attribute explains, adjusted for the number of categories, 0-1. */
  readonly weights: Record<AttributeName, number>;
  /** Mean behaviour of the people of each category. */
  readonly centroids: Record<AttributeName, Map<string, Float64Array>>;
}

export function valuesOf(attributes: PersonAttributes | undefined, name: AttributeName): readonly string[] {
  if (!attributes) return [];
  if (name === 'project') return attributes.projects.filter((project) => project !== '');
  return attributes[name] === '' ? [] : [attributes[name]];
}

/** How far each attribute predicts behaviour: one-way analysis of variance over all axes at once, adjusted R2, so that an
 * attribute unrelated to behaviour gets about 0 however many categories it has. Of several projects a person's first in
 * alphabetical order decides the category of the test. @param behaviour centred on `rows` */
export function fitAttributes(
  behaviour: Matrix,
  attributes: readonly (PersonAttributes | undefined)[],
  rows: Int32Array,
): AttributeSpace {
  const weights = { role: 0, department: 0, team: 0, project: 0 };
  const centroids = { role: new Map(), department: new Map(), team: new Map(), project: new Map() };
  for (const name of ATTRIBUTES) {
    const codes = new Map<string, number>();
    const labels = new Int32Array(behaviour.rows).fill(-1);
    for (const row of rows) {
      const value = [...valuesOf(attributes[row], name)].sort()[0];
      if (value === undefined) continue;
      if (!codes.has(value)) codes.set(value, codes.size);
      labels[row] = codes.get(value)!;
    }
    weights[name] = explainedShare(behaviour, labels);
    centroids[name] = centroidsOf(behaviour, attributes, rows, name);
  }
  return { weights, centroids };
}

function centroidsOf(
  behaviour: Matrix,
  attributes: readonly (PersonAttributes | undefined)[],
  rows: Int32Array,
  name: AttributeName,
): Map<string, Float64Array> {
  const d = behaviour.columns;
  const sums = new Map<string, Float64Array>();
  const counts = new Map<string, number>();
  for (const row of rows)
    for (const value of valuesOf(attributes[row], name)) {
      const sum = sums.get(value) ?? new Float64Array(d);
      sums.set(value, sum);
      counts.set(value, (counts.get(value) ?? 0) + 1);
      for (let c = 0; c < d; c++) sum[c]! += behaviour.data[row * d + c]!;
    }
  for (const [value, sum] of sums) {
    const people = counts.get(value)! + SHRINK_PEOPLE;
    for (let c = 0; c < d; c++) sum[c]! /= people;
  }
  return sums;
}

/** Strength of the attributes as a whole: that of the best one. */
export const attributeStrength = (space: AttributeSpace): number => Math.max(...Object.values(space.weights));

/** Behaviour to expect of each person from the attributes alone: the weighted mean of the categories' mean behaviour;
 * 0, the average, for people without attributes. Categories that behave alike land together, whatever they are called. */
export function expectedBehaviour(
  space: AttributeSpace,
  attributes: readonly (PersonAttributes | undefined)[],
  columns: number,
): Matrix {
  const out = createMatrix(attributes.length, columns);
  for (let i = 0; i < attributes.length; i++) {
    let weightSum = 0;
    for (const name of ATTRIBUTES) {
      const weight = space.weights[name];
      const known = valuesOf(attributes[i], name).flatMap((value) => space.centroids[name].get(value) ?? []);
      if (weight === 0 || known.length === 0) continue;
      weightSum += weight;
      for (const centroid of known)
        for (let c = 0; c < columns; c++) out.data[i * columns + c]! += (weight / known.length) * centroid[c]!;
    }
    if (weightSum > 0) for (let c = 0; c < columns; c++) out.data[i * columns + c]! /= weightSum;
  }
  return out;
}
