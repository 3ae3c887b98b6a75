import { expect, test } from 'vitest'
import type { Action } from '../doing/actions'
import type { Machine } from '../machines'
import type { Entry } from '../queries'
import { drawMachine } from './draw'
import { stepsOf } from './path'

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
  count: { number: 0, isExact: true },
  p50Seconds: null,
  p95Seconds: null,
}
const MACHINE: Machine = {
  name: 'order',
  version: 1,
  parent: null,
  states: ['Pending', 'Confirmed', 'Shipped', 'Cancelled'].map((name) => ({ ...STATE, name })),
  arrows: [
    { ...ARROW, signal: 'place', source: null, target: 'Pending' },
    { ...ARROW, signal: 'paid', source: 'Pending', target: 'Confirmed' },
    { ...ARROW, signal: 'accept', source: 'Pending', target: 'Confirmed' },
    { ...ARROW, signal: 'ship', source: 'Confirmed', target: 'Shipped' },
    { ...ARROW, signal: 'cancel', source: 'Confirmed', target: 'Cancelled' },
  ],
  deadlines: [],
  operatorSignals: [],
  bulkSignals: [],
  verify: null,
  stranded: 0,
}
const ACTION: Action = {
  signal: 'ship',
  target: 'Shipped',
  allowed: true,
  refusal: null,
  needs: [],
  isDangerous: false,
  isRaw: false,
  role: 'staff',
  verb: 'Ship',
  lead: 'An email is sent.',
}
const REFUSED: Action = { ...ACTION, signal: 'cancel', allowed: false, refusal: 'Too late' }
const PLACED: Entry = {
  id: 'o:1',
  at: '2026-01-01T10:00:00Z',
  machine: 'order',
  executionId: 'o',
  kind: 'transition',
  title: 'place',
  from: null,
  to: 'Pending',
  version: 1,
  state: null,
  cause: null,
  actor: null,
  actorEmail: null,
  reason: null,
  startedAt: null,
  finishedAt: null,
  attempts: null,
  error: null,
  providerRequestId: null,
  links: [],
  raw: {},
}
const PAID: Entry = {
  ...PLACED,
  id: 'o:2',
  title: 'paid',
  from: 'Pending',
  to: 'Confirmed',
  version: 2,
}

test('the way taken is drawn, and what can be sent now or not', () => {
  const steps = stepsOf({ id: 'o' }, [PAID, PLACED], 2)
  const { states, arrows } = drawMachine(MACHINE, {
    state: 'Confirmed',
    steps,
    actions: [ACTION, REFUSED],
  })
  expect(arrows.map(({ label, kind, hint }) => [label, kind, hint])).toEqual([
    ['paid, accept', 'taken', undefined],
    ['ship', 'allowed', 'An email is sent.'],
    ['cancel', 'refused', 'Too late'],
  ])
  expect(states.filter(({ isCurrent }) => isCurrent).map(({ name }) => name)).toEqual(['Confirmed'])
})

test('the steps of others, and those after a version, are left out', () => {
  const other = { ...PAID, executionId: 'payment' }
  expect(stepsOf({ id: 'o' }, [other, PAID, PLACED], 1).map(({ signal }) => signal)).toEqual([
    'place',
  ])
})
