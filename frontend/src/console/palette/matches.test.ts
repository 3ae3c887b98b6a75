import { expect, test } from 'vitest'
import { LISTS, STOPS } from './lists'
import { matches, step } from './matches'

function find(query: string): string[] {
  return [...LISTS, ...STOPS]
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
  const refunds = '/console/controls?pause=activity%20refunds.submit'
  const emails = '/console/controls?pause=queue%20emails'
  expect(find('stop all refunds')[0]).toBe(refunds)
  expect(find('pause')).toEqual([refunds, emails, '/console/controls'])
  expect(find('refund')[0]).toBe('/console/executions?machine=refund')
})

test('the list goes round', () => {
  expect(step(0, -1, 3)).toBe(2)
  expect(step(2, 1, 3)).toBe(0)
  expect(step(0, 1, 0)).toBe(0)
})
