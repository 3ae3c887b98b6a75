import { beforeEach, expect, test } from 'vitest'
import { NetworkError } from '../api/problem'
import { canReload, loadCode, noteReload, OutdatedPageError } from './pageCode'

const MINUTE = 60_000
const NOW = Date.parse('2026-11-28T12:00:00Z')
const missing = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'))
const up = () => Promise.resolve(true)
const down = () => Promise.resolve(false)

beforeEach(() => sessionStorage.clear())

test('code that is there is returned, and the server is not asked for more', async () => {
  const probes: string[] = []
  const probe = () => {
    probes.push('probe')
    return up()
  }
  expect(await loadCode(Promise.resolve({ CartPage: 'code' }), probe)).toEqual({ CartPage: 'code' })
  expect(probes).toEqual([])
})

test('code that a deployment deleted makes the page outdated', async () => {
  await expect(loadCode(missing(), up)).rejects.toThrow(OutdatedPageError)
})

test('code that was not reached is a broken connection', async () => {
  await expect(loadCode(missing(), down)).rejects.toThrow(NetworkError)
})

test('a page reloads once, and again only after a minute', () => {
  expect(canReload(NOW)).toBe(true)
  noteReload(NOW)
  expect(canReload(NOW)).toBe(false)
  expect(canReload(NOW + MINUTE - 1)).toBe(false)
  expect(canReload(NOW + MINUTE)).toBe(true)
})

test('a clock that was set back does not keep a page from reloading', () => {
  noteReload(NOW + 60 * MINUTE)
  expect(canReload(NOW)).toBe(true)
})
