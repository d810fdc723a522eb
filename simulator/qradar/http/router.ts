import type { Endpoint } from './endpoint.ts';

interface Node {
  literal: Map<string, Node>;
  parameter: Node | undefined;
  /** By method, each with the names of the parameters on the way. */
  endpoints: Map<string, { endpoint: Endpoint; names: string[] }>;
}

export interface Route {
  methods: string[];
  find(method: string): { endpoint: Endpoint; path: Map<string, string> } | undefined;
}

const makeNode = (): Node => ({ literal: new Map(), parameter: undefined, endpoints: new Map() });

/** Matches paths segment by segment; a literal wins over a parameter. */
export function createRouter(endpoints: readonly Endpoint[]): (path: string) => Route | undefined {
  const root = makeNode();
  for (const endpoint of endpoints) {
    let node = root;
    const names: string[] = [];
    for (const part of endpoint.path.split('/').slice(1)) {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name !== undefined) {
        names.push(name);
        node.parameter ??= makeNode();
        node = node.parameter;
      } else {
        const next = node.literal.get(part) ?? makeNode();
        node.literal.set(part, next);
        node = next;
      }
    }
    if (node.endpoints.has(endpoint.method)) throw new Error(`${endpoint.method} ${endpoint.path} is declared twice`);
    node.endpoints.set(endpoint.method, { endpoint, names });
  }
  const walk = (node: Node, parts: readonly string[], values: string[]): [Node, string[]] | undefined => {
    const [part, ...rest] = parts;
    if (part === undefined) return node.endpoints.size > 0 ? [node, values] : undefined;
    const literal = node.literal.get(part);
    const found = literal && walk(literal, rest, values);
    return found ?? (node.parameter && part !== '' ? walk(node.parameter, rest, [...values, part]) : undefined);
  };
  return (path) => {
    // Client libraries join a base that ends in a slash with a path that begins with one.
    const parts = path
      .replace(/\/{2,}/g, '/')
      .replace(/\/$/, '')
      .split('/')
      .slice(1);
    if (parts.length > 12) return undefined;
    const found = walk(root, parts, []);
    if (!found) return undefined;
    const [node, values] = found;
    return {
      methods: [...node.endpoints.keys()],
      find(method) {
        const hit = node.endpoints.get(method);
        if (!hit) return undefined;
        return { endpoint: hit.endpoint, path: new Map(hit.names.map((name, i) => [name, decode(values[i]!)])) };
      },
    };
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
