export interface BulkCell {
  outer: string;
  inner: string;
  value: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Values of a bulk load: `["a"]`, `{"k":"v"}`, `{"k":["v"]}` or `{"outer":{"inner":"v"}}`; `undefined` for another form. */
export function readBulk(kind: string, body: unknown): BulkCell[] | undefined {
  const cells: BulkCell[] = [];
  const add = (outer: string, inner: string, value: unknown): boolean => {
    if (!isScalar(value)) return false;
    cells.push({ outer, inner, value: String(value) });
    return true;
  };
  const addAll = (outer: string, value: unknown): boolean => {
    if (kind === 'maps') return add(outer, '', value);
    if (kind === 'map_of_sets') return Array.isArray(value) && value.every((one) => add(outer, '', one));
    return isRecord(value) && Object.entries(value).every(([inner, one]) => add(outer, inner, one));
  };
  if (kind === 'sets') return Array.isArray(body) && body.every((one) => add('', '', one)) ? cells : undefined;
  return isRecord(body) && Object.entries(body).every(([outer, value]) => addAll(outer, value)) ? cells : undefined;
}
