import { expect, test } from 'vitest'
import type { ActivityView } from '../../api/types'
import { bulkFilterOf } from './queries'
import { statusText } from './status'

const NOW = Date.parse('2026-05-01T12:00:00Z')
const WAITING: ActivityView = {
  id: 'a',
  name: 'emails.order_confirmed',
  machine: 'order',
  subjectId: 'o',
  state: 'waiting',
  attempts: 2,
  maxAttempts: 10,
  unknownOutcomes: 0,
  maybeSent: false,
  givingUp: null,
  dueAt: '2026-05-01T12:00:42Z',
  createdAt: '2026-05-01T11:00:00Z',
  finishedAt: null,
  lastError: 'SendGrid answered 429',
  providerRequestId: null,
  queue: 'emails',
  provider: 'sendgrid',
  priority: 'background',
  paused: null,
  allowed: ['run-now', 'cancel'],
  links: [],
}

test('a waiting activity says when which attempt is made', () => {
  expect(statusText(WAITING, NOW)).toBe('Attempt 3 of 10 is made in 42 s.')
})

test('a pause is the reason why a waiting activity stands still, but not why a failed one does', () => {
  const paused = { ...WAITING, paused: 'an incident' }
  expect(statusText(paused, NOW)).toContain('an incident')
  expect(statusText({ ...paused, state: 'failed' }, NOW)).toContain('after 2 attempts')
})

test('a job can have the filters of the list, but none of flags', () => {
  expect(bulkFilterOf({ state: 'failed', error: '429' })).toEqual({
    state: 'failed',
    error: '429',
  })
  expect(bulkFilterOf({ maybeSent: 'true' })).toBeNull()
  expect(bulkFilterOf({ givingUp: 'true', name: 'emails.order_confirmed' })).toBeNull()
})
