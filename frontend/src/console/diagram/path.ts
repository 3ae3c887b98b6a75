import type { Layout, PlacedEdge, Point, Sizes } from './layout'
import { type Ports, portsOf } from './ports'

/** The lines of a diagram, from border to border, and the places of their labels. */

export type DrawnEdge = { path: string; label: Point }
type Curve = [Point, Point, Point, Point]

const ARROW_ROOM = 2
// Where along a curve a label may stand, the best place first.
const PLACES = [0.5, 0.36, 0.64, 0.26, 0.74, 0.18, 0.82]
const CHARACTER = 6
const LABEL = { padding: 12, height: 17 }

/** Return the lines of the edges. `labels` are their words, kept apart from each other and states. */
export function drawEdges(
  { nodes, edges }: Pick<Layout, 'nodes' | 'edges'>,
  labels: readonly string[],
  sizes: Sizes,
): DrawnEdge[] {
  const ports = portsOf(edges, sizes)
  const { width: stateWidth, height: stateHeight } = sizes
  const taken = nodes.map(({ x, y }): Box => ({ x, y, width: stateWidth, height: stateHeight }))
  return edges.map((edge, index) => {
    const curves = curvesOf(edge, index, ports, sizes)
    const middle = curves[Math.floor((curves.length - 1) / 2)]
    const wish = (labels[index]?.length ?? 0) * CHARACTER + LABEL.padding
    const { height } = LABEL
    const boxes = (middle === undefined ? [] : placesOn(middle)).map((at): Box => ({
      ...at,
      width: Math.min(wish, sizes.gapX),
      height,
    }))
    const box = boxes.find((each) => !taken.some((other) => overlap(each, other))) ?? boxes[0]
    if (box !== undefined) taken.push(box)
    return { path: pathOf(curves), label: { x: box?.x ?? 0, y: box?.y ?? 0 } }
  })
}

function curvesOf(edge: PlacedEdge, index: number, ports: Ports, sizes: Sizes): Curve[] {
  const { points } = edge
  const ends = { start: points[0], end: points.at(-1) }
  if (ends.start === undefined || ends.end === undefined) return []
  const isLevel = ends.start.x === ends.end.x
  const side = edge.isBack && !isLevel ? -1 : 1
  const half = sizes.width / 2
  const start = {
    x: ends.start.x + side * half,
    y: ends.start.y + (ports.starts[index] ?? 0),
  }
  const end = {
    x: ends.end.x + (isLevel ? 1 : -side) * (half + ARROW_ROOM),
    y: ends.end.y + (ports.ends[index] ?? 0),
  }
  const way = [start, ...points.slice(1, -1), end]
  return way.slice(1).map((to, place): Curve => {
    const from = way[place] ?? start
    // An edge within one layer bends out of it.
    const x = isLevel ? from.x + sizes.gapX * 0.4 : (from.x + to.x) / 2
    return [from, { x, y: from.y }, { x, y: to.y }, to]
  })
}

function pathOf(curves: readonly Curve[]): string {
  const [first] = curves
  if (first === undefined) return ''
  const parts = curves.map(([, a, b, to]) => `C${text(a)} ${text(b)} ${text(to)}`)
  return `M${text(first[0])}${parts.join('')}`
}

function text({ x, y }: Point): string {
  return `${Math.round(x)} ${Math.round(y)}`
}

/** Return a point of a curve; `at` is 0 at its start and 1 at its end. */
function pointOf([a, b, c, d]: Curve, at: number): Point {
  const rest = 1 - at
  const weights = [rest ** 3, 3 * rest ** 2 * at, 3 * rest * at ** 2, at ** 3] as const
  const mix = (axis: 'x' | 'y') =>
    a[axis] * weights[0] + b[axis] * weights[1] + c[axis] * weights[2] + d[axis] * weights[3]
  return { x: mix('x'), y: mix('y') }
}

/** Return the places for a label on a curve, and just above and below it. */
function placesOn(curve: Curve): Point[] {
  const on = PLACES.map((at) => pointOf(curve, at))
  const beside = [-LABEL.height, LABEL.height].flatMap((shift) =>
    on.slice(0, 1).map(({ x, y }) => ({ x, y: y + shift })),
  )
  return [...on, ...beside]
}

type Box = Point & { width: number; height: number }

function overlap(a: Box, b: Box): boolean {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2
  )
}
