/** Why two accounts are held to be one person. `confidence` 0-1. */
export interface LinkEdge {
  confidence: number;
  reason: string;
}

interface TreeEdge extends LinkEdge {
  to: number;
}

/**
 * Sets of nodes joined by edges (union-find). Edges must come strongest first: the tree of accepted edges then holds the
 * strongest path between any two nodes, and the weakest edge on it is the confidence of the link.
 * An edge that would join nodes of two different owners is refused.
 */
export interface LinkForest {
  find(node: number): number;
  /** The owner of the set (a directory person), -1 for none. */
  ownerOf(node: number): number;
  /** Returns false when refused. `force` joins owners too. */
  join(a: number, b: number, edge: LinkEdge, force?: boolean): boolean;
  /** Confidence and reason of the link from `root` to each node of its set. */
  reach(root: number): Map<number, LinkEdge>;
}

export function createLinkForest(owners: Int32Array): LinkForest {
  const parent = Int32Array.from(owners, (_, i) => i);
  const size = new Int32Array(owners.length).fill(1);
  const owner = Int32Array.from(owners);
  const tree: TreeEdge[][] = Array.from({ length: owners.length }, () => []);
  const find = (node: number): number => {
    let root = node;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]!]!;
      root = parent[root]!;
    }
    return root;
  };
  return {
    find,
    ownerOf: (node) => owner[find(node)]!,
    join(a, b, edge, force = false) {
      let [big, small] = [find(a), find(b)];
      if (big === small) return true;
      const [one, other] = [owner[big]!, owner[small]!];
      if (one >= 0 && other >= 0 && one !== other && !force) return false;
      if (size[big]! < size[small]!) [big, small] = [small, big];
      parent[small] = big;
      size[big]! += size[small]!;
      owner[big] = one < 0 ? other : other < 0 ? one : Math.min(one, other);
      tree[a]!.push({ to: b, ...edge });
      tree[b]!.push({ to: a, ...edge });
      return true;
    },
    reach(root) {
      const reached = new Map<number, LinkEdge>([[root, { confidence: 1, reason: 'the account itself' }]]);
      const stack = [root];
      for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
        const so = reached.get(node)!;
        for (const { to, confidence, reason } of tree[node]!) {
          if (reached.has(to)) continue;
          reached.set(to, confidence <= so.confidence ? { confidence, reason } : so);
          stack.push(to);
        }
      }
      return reached;
    },
  };
}
