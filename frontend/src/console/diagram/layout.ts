import { orderLayers } from './order'
import { type Edge, rankNodes } from './ranks'

/** A layered layout of a state diagram, from left to right. */

export type Point = { x: number; y: number }
export type PlacedNode = Point & { name: string }
export type PlacedEdge = Edge & { points: Point[]; isBack: boolean }
export type Layout = { nodes: PlacedNode[]; edges: PlacedEdge[]; width: number; height: number }
export type Sizes = { width: number; height: number; gapX: number; gapY: number }

/** Place nodes and edges. Nodes are placed by their centres; the first node is the start. */
export function layOut(names: readonly string[], edges: readonly Edge[], sizes: Sizes): Layout {
  const ranks = rankNodes(names, edges)
  const routed = edges.filter((edge) => edge.from !== edge.to).map((edge) => routeOf(edge, ranks))
  const layers = orderLayers(names, ranks, routed)
  const rows = Math.max(...layers.map((layer) => layer.length), 1)
  const height = rows * (sizes.height + sizes.gapY) + sizes.gapY
  const places = new Map<string, Point>()
  for (const [rank, layer] of layers.entries()) {
    const step = height / layer.length
    for (const [row, name] of layer.entries()) {
      places.set(name, {
        x: sizes.gapY + sizes.width / 2 + rank * (sizes.width + sizes.gapX),
        y: step * (row + 0.5),
      })
    }
  }
  const placeOf = (name: string): Point => places.get(name) ?? { x: 0, y: 0 }
  return {
    nodes: names.map((name) => ({ name, ...placeOf(name) })),
    edges: routed.map(({ from, to, isBack, via }) => ({
      from,
      to,
      isBack,
      points: [from, ...via, to].map(placeOf),
    })),
    width: layers.length * (sizes.width + sizes.gapX) - sizes.gapX + 2 * sizes.gapY,
    height,
  }
}

export type RoutedEdge = Edge & { isBack: boolean; via: string[] }

/** Return an edge with a place in each layer that it passes. */
function routeOf(edge: Edge, ranks: ReadonlyMap<string, number>): RoutedEdge {
  const from = ranks.get(edge.from) ?? 0
  const to = ranks.get(edge.to) ?? 0
  const step = Math.sign(to - from)
  const between = Math.max(Math.abs(to - from) - 1, 0)
  const via = Array.from({ length: between }, (_, index) => {
    return `${from + step * (index + 1)}|${edge.from}>${edge.to}`
  })
  return { ...edge, isBack: to <= from, via }
}
