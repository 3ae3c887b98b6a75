import { afterEach, expect, test } from 'vitest'
import { localTime, noteServerTime, serverNow } from './clock'

const NOON = Date.parse('2026-01-01T12:00:00Z')

afterEach(() => noteServerTime(new Date().toUTCString()))

test('a clock that is a day ahead counts down as the server does', () => {
  noteServerTime('Wed, 31 Dec 2025 12:00:00 GMT', NOON)
  expect(localTime('2025-12-31T12:00:40Z')).toBe(NOON + 40_000)
})

test('a clock that is an hour behind has the time of the server', () => {
  noteServerTime(new Date(Date.now() + 3_600_000).toUTCString())
  expect(serverNow()).toBeGreaterThan(Date.now() + 3_590_000)
})

test('an answer that travelled for a second changes no countdown', () => {
  noteServerTime('Thu, 01 Jan 2026 11:59:59 GMT', NOON)
  expect(localTime('2026-01-01T12:00:40Z')).toBe(NOON + 40_000)
})

test.each([null, 'yesterday'])('a header that says %s changes nothing', (date) => {
  noteServerTime(date, NOON)
  expect(localTime('2026-01-01T12:00:40Z')).toBe(NOON + 40_000)
})

test('a clock that is set right counts by itself again', () => {
  noteServerTime('Wed, 31 Dec 2025 12:00:00 GMT', NOON)
  noteServerTime('Thu, 01 Jan 2026 12:00:01 GMT', NOON)
  expect(localTime('2026-01-01T12:00:40Z')).toBe(NOON + 40_000)
})
