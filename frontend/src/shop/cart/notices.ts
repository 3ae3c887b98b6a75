import type { QuotedLineView } from '../../api/types'
import type { CartLine } from './store'

/** The difference between a line of the cart and what the shop sells. */
export type LineNotice =
  | { kind: 'unknown' | 'unavailable' | 'soldOut' }
  | { kind: 'otherCurrency'; currency: string }
  | { kind: 'tooMany'; limit: number; isStock: boolean }
  | { kind: 'priceChanged'; from: Price; to: Price }

export type Price = { amount: number; currency: string }

/** Return the notice of a line, or null when the line can be bought as the customer saw it. */
export function noticeOf(line: CartLine, quoted: QuotedLineView | undefined): LineNotice | null {
  if (quoted === undefined) return null
  const { problem, unitPrice, currency } = quoted
  if (problem === 'Unknown') return { kind: 'unknown' }
  if (problem === 'Unavailable') return { kind: 'unavailable' }
  if (problem === 'OutOfStock') return { kind: 'soldOut' }
  if (problem === 'OtherCurrency') return { kind: 'otherCurrency', currency: currency ?? '' }
  // A quote of another quantity says nothing about this one.
  if (problem === 'TooMany' && quoted.quantity === line.quantity) {
    const limit = quoted.maxQuantity ?? quoted.stockLeft ?? 0
    return limit > 0
      ? { kind: 'tooMany', limit, isStock: limit === quoted.stockLeft }
      : { kind: 'soldOut' }
  }
  if (unitPrice === null || currency === null) return null
  if (unitPrice === line.price && currency.toLowerCase() === line.currency.toLowerCase()) {
    return null
  }
  return {
    kind: 'priceChanged',
    from: { amount: line.price, currency: line.currency },
    to: { amount: unitPrice, currency },
  }
}

/** Return whether a line with this notice can be bought: another price is no obstacle. */
export function isObstacle(notice: LineNotice | null): boolean {
  return notice !== null && notice.kind !== 'priceChanged'
}
