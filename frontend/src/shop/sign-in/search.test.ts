import { expect, test } from 'vitest'
import { readSignInSearch } from './search'

test('a person returns to the page that asked them to sign in', () => {
  expect(readSignInSearch({ next: '/orders/abc?x=1' })).toEqual({ next: '/orders/abc?x=1' })
})

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  'javascript:0',
  '/sign-in',
])('a link to %s leads nowhere else', (next) => {
  expect(readSignInSearch({ next })).toEqual({})
})
