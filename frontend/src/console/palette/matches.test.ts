import { expect, test } from 'vitest'
import { matches, step } from './matches'

test('every word of a query has to occur', () => {
  expect(matches('go mach', 'Go to Machines')).toBe(true)
  expect(matches('go order', 'Go to Machines')).toBe(false)
  expect(matches('', 'anything')).toBe(true)
})

test('the list goes round', () => {
  expect(step(0, -1, 3)).toBe(2)
  expect(step(2, 1, 3)).toBe(0)
  expect(step(0, 1, 0)).toBe(0)
})
