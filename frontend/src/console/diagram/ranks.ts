/** The layers of a directed graph: each node stands after those that lead to it. */

export type Edge = { from: string; to: string }

/** Return the layer of each node, counted from zero. Edges that close a circle are passed over. */
export function rankNodes(nodes: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const forward = forwardEdges(nodes, edges)
  const ranks = new Map(nodes.map((node) => [node, 0]))
  // The longest way to a node has at most as many steps as there are nodes.
  for (const _ of nodes) {
    for (const { from, to } of forward) {
      ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(from) ?? 0) + 1))
    }
  }
  return ranks
}

/** Return the edges without those that lead back to a node from which they are reached. */
export function forwardEdges(nodes: readonly string[], edges: readonly Edge[]): Edge[] {
  const targets = Map.groupBy(edges, (edge) => edge.from)
  const forward: Edge[] = []
  const done = new Set<string>()
  const open = new Set<string>()
  const visit = (node: string) => {
    open.add(node)
    for (const edge of targets.get(node) ?? []) {
      if (open.has(edge.to)) continue
      forward.push(edge)
      if (!done.has(edge.to)) visit(edge.to)
    }
    open.delete(node)
    done.add(node)
  }
  for (const node of nodes) if (!done.has(node)) visit(node)
  return forward
}
