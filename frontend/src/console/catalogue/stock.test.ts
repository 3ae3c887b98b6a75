import { expect, test } from 'vitest'
import { correctionBody, readCorrection } from './stock'
import { texts } from './texts'

test('a difference is added to the stock, a count replaces it', () => {
  expect(readCorrection({ mode: 'difference', text: '-3', stock: 10 })).toBe(7)
  expect(readCorrection({ mode: 'difference', text: ' +4 ', stock: 10 })).toBe(14)
  expect(readCorrection({ mode: 'count', text: '4', stock: 10 })).toBe(4)
})

test('what is no number of pieces, or leads below zero, is refused', () => {
  for (const text of ['', '1.5', 'ten', '1e3']) {
    expect(readCorrection({ mode: 'count', text, stock: 10 })).toBe(texts.stock.noNumber)
  }
  expect(readCorrection({ mode: 'difference', text: '−11', stock: 10 })).toBe(texts.stock.negative)
})

test('a body has either the difference or the count', () => {
  expect(correctionBody('difference', '−3', 'broken')).toEqual({ change: -3, reason: 'broken' })
  expect(correctionBody('count', '3', 'counted')).toEqual({ stock: 3, reason: 'counted' })
})
