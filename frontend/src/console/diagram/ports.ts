import type { PlacedEdge, Sizes } from './layout'

/** How far from the middle of its state's side each edge starts and ends. */
export type Ports = { starts: number[]; ends: number[] }

const MAX_STEP = 12
const USABLE_SHARE = 0.7

/** Spread the ends of edges along the sides of the states, so that they cross little. */
export function portsOf(edges: readonly PlacedEdge[], sizes: Sizes): Ports {
  const ends = edges.flatMap((edge, index) => {
    const isLevel = edge.points[0]?.x === edge.points.at(-1)?.x
    const leaves = edge.isBack && !isLevel ? 'left' : 'right'
    const enters = edge.isBack ? 'right' : 'left'
    return [
      { index, isStart: true, side: `${edge.from} ${leaves}`, toward: edge.points[1]?.y ?? 0 },
      { index, isStart: false, side: `${edge.to} ${enters}`, toward: edge.points.at(-2)?.y ?? 0 },
    ]
  })
  const ports: Ports = { starts: [], ends: [] }
  for (const sideEnds of Map.groupBy(ends, ({ side }) => side).values()) {
    const sorted = sideEnds.toSorted((a, b) => a.toward - b.toward)
    const room = (sizes.height * USABLE_SHARE) / Math.max(sorted.length - 1, 1)
    const step = Math.min(MAX_STEP, room)
    for (const [place, { index, isStart }] of sorted.entries()) {
      const offset = (place - (sorted.length - 1) / 2) * step
      if (isStart) ports.starts[index] = offset
      else ports.ends[index] = offset
    }
  }
  return ports
}
