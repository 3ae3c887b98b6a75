import { expect, test } from 'vitest'
import { layOut } from './layout'
import { drawEdges } from './path'
import { forwardEdges, rankNodes } from './ranks'

const SIZES = { width: 100, height: 40, gapX: 50, gapY: 20 }
const NAMES = ['Pending', 'Confirmed', 'Shipped', 'Cancelled']
const EDGES = [
  { from: 'Pending', to: 'Confirmed' },
  { from: 'Confirmed', to: 'Shipped' },
  { from: 'Pending', to: 'Cancelled' },
  { from: 'Confirmed', to: 'Cancelled' },
]

test('a state stands after all that lead to it', () => {
  const ranks = rankNodes(NAMES, EDGES)
  expect(NAMES.map((name) => ranks.get(name))).toEqual([0, 1, 2, 2])
})

test('an edge that closes a circle does not move its states', () => {
  const edges = [...EDGES, { from: 'Shipped', to: 'Pending' }]
  expect(forwardEdges(NAMES, edges)).toHaveLength(4)
  expect(rankNodes(NAMES, edges).get('Pending')).toBe(0)
})

test('states do not overlap, and all lie within the drawing', () => {
  const { nodes, width, height } = layOut(NAMES, EDGES, SIZES)
  for (const [index, node] of nodes.entries()) {
    expect(node.x - 50).toBeGreaterThanOrEqual(0)
    expect(node.x + 50).toBeLessThanOrEqual(width)
    expect(node.y - 20).toBeGreaterThanOrEqual(0)
    expect(node.y + 20).toBeLessThanOrEqual(height)
    for (const other of nodes.slice(index + 1)) {
      const isApart = Math.abs(node.x - other.x) >= 100 || Math.abs(node.y - other.y) >= 40
      expect(isApart).toBe(true)
    }
  }
})

test('an edge that passes a layer has a place of its own there', () => {
  const { edges } = layOut(NAMES, EDGES, SIZES)
  expect(edges.map((edge) => edge.points.length)).toEqual([2, 2, 3, 2])
})

test('lines begin and end at the borders of their states, side by side', () => {
  const layout = layOut(NAMES, EDGES, SIZES)
  const [pending] = layout.nodes
  const lines = drawEdges(layout, NAMES, SIZES)
  if (!pending) throw new Error('the layout is empty')
  const starts = [lines[0], lines[2]].map((line) => /^M(\d+) (\d+)C/.exec(line?.path ?? ''))
  expect(starts.map((start) => Number(start?.[1]))).toEqual([pending.x + 50, pending.x + 50])
  expect(Number(starts[0]?.[2])).not.toBe(Number(starts[1]?.[2]))
})

test('labels of lines that cross at one place are kept apart', () => {
  const back = [
    { from: 'A', to: 'B' },
    { from: 'B', to: 'A' },
  ]
  const [there, home] = drawEdges(layOut(['A', 'B'], back, SIZES), ['there', 'home'], SIZES)
  if (!there || !home) throw new Error('a line is missing')
  const isApart =
    Math.abs(there.label.x - home.label.x) >= 40 || Math.abs(there.label.y - home.label.y) >= 17
  expect(isApart).toBe(true)
})

test('a state that leads to itself has no line', () => {
  expect(layOut(['A'], [{ from: 'A', to: 'A' }], SIZES).edges).toEqual([])
})
