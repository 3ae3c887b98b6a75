import { expect, test } from 'vitest'
import { LISTS, STOP } from './lists'
import { matches, step } from './matches'

function find(query: string): string[] {
  return [...LISTS, STOP]
    .filter(({ title, words = '' }) => matches(query, `${title} ${words}`))
    .map(({ path }) => path)
}

test('every word of a query has to occur', () => {
  expect(matches('go mach', 'Go to Machines')).toBe(true)
  expect(matches('go order', 'Go to Machines')).toBe(false)
  expect(matches('', 'anything')).toBe(true)
})

test('questions lead to their lists', () => {
  expect(find('letters sent twice')).toEqual(['/console/activities?maybeSent=true'])
  expect(find('stop all refunds')).toEqual(['/console/controls'])
  expect(find('pause')).toEqual(['/console/controls'])
  expect(find('refund')).toEqual(['/console/executions?machine=refund', '/console/controls'])
})

test('the list goes round', () => {
  expect(step(0, -1, 3)).toBe(2)
  expect(step(2, 1, 3)).toBe(0)
  expect(step(0, 1, 0)).toBe(0)
})
