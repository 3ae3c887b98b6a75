import { expect, test } from 'vitest'
import type { Step } from '../../api/types'
import { mayGetEmail } from './queries'
import { knownSteps } from './steps'

const AT = '2026-11-28T14:00:00Z'
const LATER = Date.parse(AT) + 5000

function step(values: Partial<Step>): Step {
  return {
    at: AT,
    from: null,
    ignored: false,
    kind: null,
    machine: 'order',
    reason: null,
    declineCode: null,
    signal: 'place',
    to: 'Pending',
    ...values,
  }
}

test('steps without a meaning for the customer are left out', () => {
  const steps = [step({ kind: 'placed' }), step({}), step({ kind: 'paid', machine: 'payment' })]
  expect(knownSteps(steps).map(({ kind }) => kind)).toEqual(['placed', 'paid'])
})

test('an email is expected for a while after a step that is none', () => {
  const paid = step({ kind: 'paid' })
  const receipt = step({ kind: 'receipt_sent', machine: 'email' })
  expect(mayGetEmail(undefined, LATER)).toBe(false)
  expect(mayGetEmail([paid], LATER)).toBe(true)
  expect(mayGetEmail([paid], LATER + 60_000)).toBe(false)
  expect(mayGetEmail([paid, receipt], LATER)).toBe(false)
})
