import { expect, test } from 'vitest'
import type { Entry } from '../queries'
import { ganttRows } from './gantt'
import { filterEntries, KINDS, kindsText, mayBeTwice, readKinds, toggleKind } from './kinds'
import { mergeEntries } from './useTimeline'

const BASE: Entry = {
  id: 'a',
  at: '2026-01-01T10:00:00Z',
  machine: 'order',
  executionId: 'o1',
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
  ...BASE,
  id: 'b',
  at: '2026-01-01T10:05:00Z',
  title: 'paid',
  from: 'Pending',
  to: 'Confirmed',
  version: 2,
}
const EMAIL: Entry = {
  ...BASE,
  id: 'c',
  at: '2026-01-01T10:05:01Z',
  kind: 'email',
  title: 'emails.order_confirmed',
  to: null,
  state: 'done',
  startedAt: '2026-01-01T10:05:01Z',
  finishedAt: '2026-01-01T10:05:03Z',
}

test('the first press of a kind shows that kind alone, the next ones add and remove', () => {
  const emails = toggleKind(KINDS, 'email')
  expect(emails).toEqual(['email'])
  expect(toggleKind(emails, 'signal')).toEqual(['email', 'signal'])
  expect(kindsText(toggleKind(emails, 'email'))).toBeUndefined()
})

test('a URL with all kinds, or with none that exists, needs no parameter', () => {
  expect(readKinds(undefined)).toEqual(KINDS)
  expect(readKinds('email,nonsense')).toEqual(['email'])
  expect(kindsText(KINDS)).toBeUndefined()
})

test('entries are filtered by kind and by machine', () => {
  const entries = [BASE, EMAIL, { ...EMAIL, id: 'd', machine: 'refund' }]
  expect(filterEntries(entries, ['email'], undefined).map(({ id }) => id)).toEqual(['c', 'd'])
  expect(filterEntries(entries, KINDS, 'refund').map(({ id }) => id)).toEqual(['d'])
})

test('an entry that comes on two pages is shown once, in its newest version', () => {
  const older = { ...EMAIL, state: 'running' }
  expect(mergeEntries([[EMAIL], [older, PAID], [BASE]])).toEqual([EMAIL, PAID, BASE])
})

test('the chart shows how long each state and each call lasted', () => {
  const now = Date.parse('2026-01-01T11:00:00Z')
  const rows = ganttRows([EMAIL, PAID, BASE], () => 'good', now)
  const [states, email] = rows
  expect(states?.bars.map(({ start, end, title }) => [title, end - start])).toEqual([
    ['Pending', 300_000],
    ['Confirmed', 3_300_000],
  ])
  expect(email?.bars).toMatchObject([{ title: 'emails.order_confirmed, done, 2 s' }])
})

test('an email whose attempt had no answer may have been sent twice', () => {
  expect(mayBeTwice({ ...EMAIL, raw: { unknown_outcomes: 1 } })).toBe(true)
  expect(mayBeTwice({ ...EMAIL, raw: { unknown_outcomes: 0 } })).toBe(false)
})
