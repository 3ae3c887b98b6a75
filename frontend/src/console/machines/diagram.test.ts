import { expect, test } from 'vitest'
import { diagramArrows, diagramStates } from './diagram'

const ARROW = {
  activities: [],
  writes: [],
  parentSignal: null,
  isQuiet: false,
  isRetired: false,
  lastHour: 0,
}
const STATE = {
  kind: 'waiting' as const,
  isFinal: false,
  isRetired: false,
  count: { number: 1000, isExact: false },
  p50Seconds: null,
  p95Seconds: null,
}
const MACHINE = {
  name: 'order',
  version: 1,
  parent: null,
  states: [
    { ...STATE, name: 'Pending' },
    { ...STATE, name: 'Old', isRetired: true, count: { number: 0, isExact: true } },
  ],
  arrows: [
    { ...ARROW, signal: 'place', source: null, target: 'Pending' },
    { ...ARROW, signal: 'cancel', source: 'Pending', target: 'Cancelled', lastHour: 3 },
    { ...ARROW, signal: 'expire', source: 'Pending', target: 'Cancelled', lastHour: 4 },
    { ...ARROW, signal: 'old', source: 'Pending', target: 'Old', isRetired: true },
    { ...ARROW, signal: 'note', source: 'Pending', target: 'Pending' },
  ],
  deadlines: [],
  operatorSignals: [],
  bulkSignals: [],
  verify: null,
  stranded: 0,
}

test('a retired state is drawn only while executions are in it', () => {
  expect(diagramStates(MACHINE)).toEqual([{ name: 'Pending', kind: 'waiting', note: '≥ 1,000' }])
})

test('signals that take the same way share its arrow', () => {
  expect(diagramArrows(MACHINE)).toEqual([
    {
      from: 'Pending',
      to: 'Cancelled',
      label: 'cancel +1 7/h',
      hint: 'cancel, expire',
      kind: 'taken',
    },
  ])
})
