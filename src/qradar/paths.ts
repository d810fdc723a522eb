import { refuse } from './errors.ts';

/** Template tag: every inserted value is one path segment, encoded. `apiPath\`/siem/offenses/${id}/notes\`` */
export function apiPath(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return parts.reduce((path, part, i) => path + encodeSegment(values[i - 1]!) + part);
}

/** A slash would be taken for a level of the path by servers on the way, also when encoded. */
function encodeSegment(value: string | number): string {
  const text = String(value);
  if (text === '' || text === '.' || text === '..' || text.length > 500 || /[/\\\p{Cc}]/u.test(text))
    throw refuse(`a name in an address may not be empty or hold slashes or control characters: ${text.slice(0, 60)}`);
  return encodeURIComponent(text);
}

export type QueryValue = string | number | boolean | undefined;

/** `a=1&b=x`, `undefined` left out. A blank is `%20` and a plus `%2B`, which every server reads the same way. */
export const encodeQuery = (query: Readonly<Record<string, QueryValue>>): string =>
  Object.entries(query)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(String(value).toWellFormed())}`],
    )
    .join('&');
