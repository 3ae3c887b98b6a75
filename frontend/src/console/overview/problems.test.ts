import { expect, test } from 'vitest'
import type { OverviewView } from '../../api/types'
import { findProblems } from './problems'

const WELL: OverviewView = {
  at: '2026-05-01T12:00:00Z',
  rates: { transitions: 0, orders: 0, payments: 0, declined: 0, path: '/' },
  failures: [
    { name: 'failedActivities', count: { number: 0, isExact: true }, path: '/console/activities' },
  ],
  lags: [],
  oldestWaiting: null,
  queues: [{ name: 'payments', interactive: 0, background: 3, path: '/' }],
  workers: [{ name: 'payments', isPresent: true }],
  lastSweep: { at: '2026-05-01T11:59:58Z', seconds: 0.1 },
  lastReconciliation: null,
  lastVerify: null,
  notices: [],
  failedCalls: [],
  moneyToday: [],
  series: [],
  pauses: [],
}

test('a shop without failures, lags and pauses is well', () => {
  expect(findProblems(WELL)).toEqual([])
})

test('missing workers and old sweeps come before failures', () => {
  const problems = findProblems({
    ...WELL,
    workers: [{ name: 'payments', isPresent: false }],
    lastSweep: { at: '2026-05-01T11:55:00Z', seconds: 0.1 },
    failures: [
      {
        name: 'failedActivities',
        count: { number: 1000, isExact: false },
        path: '/console/failed',
      },
    ],
  })
  expect(problems.map(({ text }) => text)).toEqual([
    'No worker of payments',
    'The last sweep was 5 m ago',
    '≥ 1,000 failed activities',
  ])
  expect(problems[2]?.path).toBe('/console/failed')
})

test('open notices are one thing, with the number of all kinds', () => {
  const count = { number: 2, isExact: true }
  const notices = [
    { kind: 'dispute' as const, count, path: '/' },
    { kind: 'mispaid' as const, count, path: '/' },
  ]
  expect(findProblems({ ...WELL, notices })).toEqual([
    { text: '4 open notices', path: '/console/notices', tone: 'waiting' },
  ])
})

test('an activity that is a minute late, and a pause, need attention, but not what is paused', () => {
  const late = {
    name: 'emails.order_confirmed',
    activityId: 'a',
    machine: 'order',
    subjectId: 'o',
    dueAt: '2026-05-01T11:58:00Z',
    seconds: 120,
    isPaused: false,
    path: '/late',
  }
  const pause = {
    kind: 'provider' as const,
    name: 'stripe',
    reason: 'an incident',
    pausedAt: '2026-05-01T11:58:00Z',
    path: '/console/controls',
  }
  const problems = findProblems({
    ...WELL,
    lags: [late, { ...late, seconds: 2 }, { ...late, isPaused: true }],
    pauses: [pause],
  })
  expect(problems).toEqual([
    { text: 'emails.order_confirmed is 2 m late', path: '/late', tone: 'waiting' },
    { text: 'The provider stripe is paused', path: '/console/controls', tone: 'waiting' },
  ])
})
