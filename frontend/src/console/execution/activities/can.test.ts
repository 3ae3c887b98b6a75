import { expect, test } from 'vitest'
import { type Activity, isHeld, remediesOf } from './can'

const WAITING: Activity = {
  id: '1',
  name: 'refunds.submit',
  machine: 'refund',
  subjectId: '2',
  state: 'waiting',
  attempts: 1,
  maxAttempts: 10,
  unknownOutcomes: 0,
  dueAt: '2026-01-01T10:00:00Z',
  isGivingUp: false,
  paused: null,
  lastError: null,
  providerRequestId: null,
}

test('what is paused is neither paused again nor run now, and has no time', () => {
  expect(remediesOf(WAITING)).toEqual(['run-now', 'pause', 'cancel'])
  expect(isHeld(WAITING)).toBe(false)
  const paused = { ...WAITING, paused: 'an incident' }
  expect(remediesOf(paused)).toEqual(['cancel'])
  expect(isHeld(paused)).toBe(true)
})

test('what failed or runs does not wait for the end of a pause', () => {
  const paused = { ...WAITING, paused: 'an incident' }
  expect(isHeld({ ...paused, state: 'failed' })).toBe(false)
  expect(isHeld({ ...paused, state: 'running' })).toBe(false)
  expect(remediesOf({ ...paused, state: 'failed' })).toEqual(['retry', 'abandon'])
})
