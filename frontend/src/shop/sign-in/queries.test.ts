import { expect, test } from 'vitest'
import { resendTime } from './queries'

const NOW = Date.parse('2026-01-01T12:00:00Z')

test('a clock that is wrong by an hour counts down as the server does', () => {
  const server = 'Thu, 01 Jan 2026 13:00:00 GMT'
  expect(resendTime('2026-01-01T13:00:40Z', server, NOW)).toBe(NOW + 40_000)
})

test('without the time of the server the own clock counts', () => {
  expect(resendTime('2026-01-01T12:00:40Z', null, NOW)).toBe(NOW + 40_000)
})

test('a code that may be requested now has no time', () => {
  expect(resendTime(null, null, NOW)).toBeNull()
})
