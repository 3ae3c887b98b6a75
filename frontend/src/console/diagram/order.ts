import type { RoutedEdge } from './layout'

const SWEEPS = 12

/** Return the layers with their nodes, and the places that edges pass, ordered to cross little. */
export function orderLayers(
  names: readonly string[],
  ranks: ReadonlyMap<string, number>,
  edges: readonly RoutedEdge[],
): string[][] {
  const layers: string[][] = []
  const put = (rank: number, name: string) => {
    const layer = (layers[rank] ??= [])
    layer.push(name)
  }
  for (const name of names) put(ranks.get(name) ?? 0, name)
  for (const edge of edges) for (const via of edge.via) put(Number.parseInt(via, 10), via)
  const neighbours = neighboursOf(edges)
  let best = layers
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const next = sweepOf(best, neighbours, sweep % 2 === 0)
    if (sweep < 2 || crossings(next, neighbours) <= crossings(best, neighbours)) best = next
  }
  return best
}

type Neighbours = ReadonlyMap<string, readonly string[]>

function neighboursOf(edges: readonly RoutedEdge[]): Neighbours {
  const neighbours = new Map<string, string[]>()
  const link = (a: string, b: string) => {
    neighbours.set(a, [...(neighbours.get(a) ?? []), b])
    neighbours.set(b, [...(neighbours.get(b) ?? []), a])
  }
  for (const { from, to, via } of edges) {
    const way = [from, ...via, to]
    for (const [index, node] of way.slice(1).entries()) link(way[index] ?? from, node)
  }
  return neighbours
}

/** Order each layer by the middle of its neighbours in the layer before, or after. */
function sweepOf(layers: string[][], neighbours: Neighbours, isForward: boolean): string[][] {
  const ordered = layers.map((layer) => [...layer])
  const ranks = [...ordered.keys()]
  for (const rank of isForward ? ranks.slice(1) : ranks.toReversed().slice(1)) {
    const fixed = ordered[isForward ? rank - 1 : rank + 1] ?? []
    const layer = ordered[rank] ?? []
    const middles = new Map(
      layer.map((node, row) => [node, middleOf(neighbours.get(node) ?? [], fixed, row)]),
    )
    ordered[rank] = layer.toSorted((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0))
  }
  return ordered
}

/** Return the middle of the neighbours' rows, as a share of their layer; else the node's own row. */
function middleOf(nodes: readonly string[], layer: readonly string[], row: number): number {
  const rows = nodes.map((node) => layer.indexOf(node)).filter((place) => place >= 0)
  if (rows.length === 0) return row
  return rows.reduce((sum, place) => sum + place, 0) / rows.length
}

/** Count the edges between neighbouring layers that cross. */
function crossings(layers: readonly (readonly string[])[], neighbours: Neighbours): number {
  let count = 0
  for (const [rank, layer] of layers.entries()) {
    const next = layers[rank + 1] ?? []
    const ends = layer.flatMap((node, row) =>
      (neighbours.get(node) ?? [])
        .map((other) => next.indexOf(other))
        .filter((place) => place >= 0)
        .map((place) => [row, place] as const),
    )
    for (const [a, b] of ends) {
      count += ends.filter(([c, d]) => a < c && b > d).length
    }
  }
  return count
}
