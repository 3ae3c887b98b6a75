import type { PlacedEdge, Point, Sizes } from './layout'

/** Return the drawn line of an edge, from border to border, and the place of its label. */
export function edgePath(edge: PlacedEdge, sizes: Sizes): { path: string; label: Point } {
  const points = withBorders(edge, sizes)
  const [start = ORIGIN, ...others] = points
  let path = `M${start.x} ${start.y}`
  let last = start
  for (const point of others) {
    const middle = (last.x + point.x) / 2
    // Edges within one layer bend out of it.
    const bend = last.x === point.x ? sizes.gapX * 0.35 : 0
    path += `C${middle + bend} ${last.y} ${middle + bend} ${point.y} ${point.x} ${point.y}`
    last = point
  }
  const half = Math.floor((points.length - 1) / 2)
  const a = points[half] ?? start
  const b = points[half + 1] ?? start
  const bend = a.x === b.x ? sizes.gapX * 0.26 : 0
  return { path, label: { x: (a.x + b.x) / 2 + bend, y: (a.y + b.y) / 2 } }
}

const ORIGIN: Point = { x: 0, y: 0 }
const ARROW_ROOM = 3

function withBorders({ points, isBack }: PlacedEdge, sizes: Sizes): Point[] {
  const first = points[0] ?? ORIGIN
  const last = points.at(-1) ?? ORIGIN
  const isLevel = first.x === last.x
  const side = isBack && !isLevel ? -1 : 1
  const shift = isBack ? sizes.height * 0.22 : 0
  const half = sizes.width / 2
  const start = { x: first.x + side * half, y: first.y + shift }
  const end = {
    x: last.x + (isLevel ? half + ARROW_ROOM : -side * (half + ARROW_ROOM)),
    y: last.y + shift,
  }
  return [start, ...points.slice(1, -1), end]
}
