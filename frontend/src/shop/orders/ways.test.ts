import { expect, test } from 'vitest'
import { coalesce } from './follow'
import { learn, NO_EXPERIENCE, wayAt, type Experience, type StreamEnd } from './ways'

const URL = 'http://events.example/events'
const NOW = 1_000_000
const MINUTE = 60_000

function after(...ends: StreamEnd[]): Experience {
  return ends.reduce((experience, end) => learn(experience, end, NOW), NO_EXPERIENCE)
}

test('a page polls where there is no process of events', () => {
  expect(wayAt(NOW, null, NO_EXPERIENCE)).toBe('poll')
  expect(wayAt(NOW, URL, NO_EXPERIENCE)).toBe('stream')
})

test.each<[string, StreamEnd[], 'stream' | 'poll']>([
  ['one that could not be opened', ['unopened'], 'poll'],
  ['one that was lost', [{ openFor: 10 }], 'stream'],
  ['two that were lost', [{ openFor: 10 }, { openFor: 10 }], 'poll'],
  ['one that ended in order', [{ openFor: 15 * MINUTE }], 'stream'],
  ['a loss before one that ended in order', [{ openFor: 10 }, { openFor: 15 * MINUTE }], 'stream'],
  [
    'losses around one that ended in order',
    [{ openFor: 10 }, { openFor: 15 * MINUTE }, { openFor: 10 }],
    'stream',
  ],
  ['hidden pages', ['left', 'left', 'left'], 'stream'],
  ['a time without a network', ['offline', 'offline', 'offline'], 'stream'],
])('after %s', (_, ends, way) => {
  expect(wayAt(NOW, URL, after(...ends))).toBe(way)
})

test('a page that polls tries the stream again later', () => {
  const experience = after('unopened')
  expect(wayAt(NOW + 4 * MINUTE, URL, experience)).toBe('poll')
  expect(wayAt(NOW + 6 * MINUTE, URL, experience)).toBe('stream')
})

test('hints during a request lead to one more request', async () => {
  const requests: (() => void)[] = []
  const refetch = coalesce(() => new Promise((resolve) => requests.push(resolve)))
  refetch()
  refetch()
  refetch()
  expect(requests).toHaveLength(1)
  requests[0]?.()
  await expect.poll(() => requests.length).toBe(2)
  requests[1]?.()
  await Promise.resolve()
  expect(requests).toHaveLength(2)
})
