import { expect, test } from 'vitest'
import { choiceOf, oneOf, textSearch } from './search'

test('a search has its parameters as texts, and no others', () => {
  const read = textSearch('machine', 'q', 'stuck')
  expect(read({ machine: 'order', q: 42, stuck: true, other: 'x' })).toEqual({
    machine: 'order',
    q: '42',
    stuck: 'true',
  })
  expect(read({ machine: '', q: ['x'] })).toEqual({})
})

test('a value that is no choice is left out', () => {
  expect(oneOf('newest', ['newest', 'oldest'])).toBe('newest')
  expect(oneOf('sideways', ['newest', 'oldest'])).toBeUndefined()
})

test('an unknown value of a filter is left to the server, which refuses it by its name', () => {
  expect(choiceOf('sideways', ['newest', 'oldest'])).toBe('sideways')
  expect(choiceOf(undefined, ['newest', 'oldest'])).toBeUndefined()
})
