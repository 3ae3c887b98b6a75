import { expect, test } from 'vitest'
import { bulkTargetOf } from './bulkTarget'
import { texts } from './texts'

const ARROW = {
  activities: [],
  writes: [],
  parentSignal: null,
  isQuiet: false,
  isRetired: false,
  lastHour: 0,
}
const MACHINES = [
  {
    name: 'order',
    bulkSignals: ['cancel', 'deliver'],
    arrows: [
      { ...ARROW, signal: 'cancel', source: 'Confirmed', target: 'Cancelled' },
      { ...ARROW, signal: 'ship', source: 'Confirmed', target: 'Shipped' },
      { ...ARROW, signal: 'deliver', source: 'Shipped', target: 'Delivered' },
    ],
  },
]
const ROWS = [
  { id: 'a', machine: 'order', state: 'Confirmed' },
  { id: 'b', machine: 'order', state: 'Confirmed' },
  { id: 'c', machine: 'order', state: 'Shipped' },
]
const target = (ids: string[], search = {}, isAll = false) =>
  bulkTargetOf({
    selection: { ids: new Set(ids), isAll },
    rows: ROWS,
    search,
    machines: MACHINES,
  })

test('selected rows of one state get what may be sent to many from there', () => {
  const { start, arrows, refusal } = target(['a', 'b'])
  expect(refusal).toBeNull()
  expect(start).toEqual({ filter: { machine: 'order', state: 'Confirmed' }, ids: ['a', 'b'] })
  expect(arrows.map(({ signal }) => signal)).toEqual(['cancel'])
})

test('rows of several states, or of other pages, need the filters', () => {
  expect(target(['a', 'c']).refusal).toBe(texts.bulk.mixed)
  expect(target(['a', 'elsewhere']).refusal).toBe(texts.bulk.mixed)
  const filtered = target(['a', 'elsewhere'], { machine: 'order', state: 'Confirmed' })
  expect(filtered.refusal).toBeNull()
})

test('all that match are selected by the filters that a job has', () => {
  const search = { machine: 'order', state: 'Shipped', olderThan: '2h', sort: 'oldest' }
  expect(target([], search, true).start).toEqual({
    filter: { machine: 'order', state: 'Shipped', olderThan: '2h' },
  })
  expect(target([], { ...search, q: 'ann' }, true).refusal).toBe(texts.bulk.onlyThese)
  expect(target([], {}, true).refusal).toBe(texts.bulk.mixed)
  const quiet = target([], { machine: 'order', state: 'Delivered' }, true)
  expect(quiet.refusal).toBe(texts.bulk.none)
})
