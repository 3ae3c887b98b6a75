import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { Gantt } from './Gantt'
import { Sparkline } from './Sparkline'
import { sparklinePaths } from './sparkline'
import { createTimeScale, findIdle } from './timeScale'

const SECOND = 1000
const HOUR = 3600 * SECOND

test('the largest value reaches the top, zero the bottom', () => {
  expect(sparklinePaths([0, 10, 5], 100, 20).line).toBe('M0 18L50 2L100 10')
  expect(sparklinePaths([], 100, 20)).toEqual({ line: '', area: '' })
  expect(sparklinePaths([0, 0], 100, 20).line).toBe('M0 18L100 18')
})

test('a sparkline has its words', () => {
  render(<Sparkline values={[1, 2]} label="Orders an hour: 2" />)
  expect(screen.getByRole('img', { name: 'Orders an hour: 2' })).toBeTruthy()
})

test('idle times are those without any span', () => {
  const spans = [
    { start: 0, end: 10 },
    { start: 5, end: 20 },
    { start: 30, end: 40 },
  ]
  expect(findIdle(spans)).toEqual([{ start: 20, end: 30 }])
})

test('a collapsed hour takes little room', () => {
  const spans = [
    { start: 0, end: SECOND },
    { start: HOUR, end: HOUR + SECOND },
  ]
  const plain = createTimeScale(spans, false)
  const collapsed = createTimeScale(spans, true)
  expect(plain.place(SECOND)).toBeLessThan(0.01)
  expect(collapsed.place(SECOND)).toBeGreaterThan(0.4)
  expect(collapsed.place(HOUR + SECOND)).toBeCloseTo(1)
  expect(collapsed.gaps.map((gap) => gap.skipped)).toEqual([HOUR - SECOND])
})

test('a chart of bars names each of them', () => {
  const bar = { start: 0, end: SECOND, tone: 'good' as const, title: 'create_intent, 1 s' }
  render(<Gantt label="Timeline" rows={[{ id: 'a', label: 'payment', bars: [bar] }]} />)
  expect(screen.getByRole('img', { name: 'create_intent, 1 s' })).toBeTruthy()
})
