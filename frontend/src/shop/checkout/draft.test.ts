import { beforeEach, expect, test } from 'vitest'
import { EMPTY_ADDRESS } from './address'
import { clearDraft, readDraft, writeDraft } from './draft'

const delivery = { ...EMPTY_ADDRESS, line1: 'Calle Mayor 1' }

beforeEach(() => clearDraft())

test('what was typed is there after a reload, for the same person only', () => {
  writeDraft('ann', { delivery, billing: null, isSaved: true })
  expect(readDraft('ann')).toEqual({ delivery, billing: null, isSaved: true })
  expect(readDraft('bob')).toBeNull()
})

test('a draft that was tampered with loses only what makes no sense', () => {
  sessionStorage.setItem('checkout', '{"userId":"ann","delivery":{"line1":7,"city":"Rome"}}')
  expect(readDraft('ann')?.delivery).toEqual({ ...EMPTY_ADDRESS, city: 'Rome' })
  sessionStorage.setItem('checkout', 'nonsense')
  expect(readDraft('ann')).toBeNull()
})
