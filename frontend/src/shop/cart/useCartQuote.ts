import { useQuery } from '@tanstack/react-query'
import type { QuoteView } from '../../api/types'
import { type LineNotice, noticeOf } from './notices'
import { quoteQuery } from './queries'
import { type CartLine, useCart } from './store'

/** A line of the cart beside what the server says of it. */
export type PricedLine = {
  line: CartLine
  notice: LineNotice | null
  /** In major units of `currency`: the current one, once it is known. */
  unitPrice: number
  currency: string
  /** Null while it is unknown, and for lines that cannot be bought. */
  total: number | null
  stockLeft: number | null
}

/** The cart with the server's prices. */
export type CartQuote = {
  lines: PricedLine[]
  referenceId: string
  quote: QuoteView | undefined
  /** The quote is of the cart as it is shown. */
  isCurrent: boolean
  error: Error | null
  retry: () => void
}

/** Return the cart with its prices, which are fetched anew on opening and after each change. */
export function useCartQuote({ enabled = true } = {}): CartQuote {
  const cart = useCart()
  const query = quoteQuery(enabled ? cart.lines : [])
  const { data, error, isPlaceholderData, isFetching, refetch } = useQuery(query)
  const isCurrent = data !== undefined && !isPlaceholderData
  return {
    lines: cart.lines.map((line) => priceLine(line, data)),
    referenceId: cart.referenceId,
    quote: data,
    isCurrent,
    error: isFetching ? null : error,
    retry: () => void refetch(),
  }
}

function priceLine(line: CartLine, quote: QuoteView | undefined): PricedLine {
  const quoted = quote?.items.find(({ productId }) => productId === line.productId)
  const isSameQuantity = quoted?.quantity === line.quantity
  return {
    line,
    notice: noticeOf(line, quoted),
    unitPrice: quoted?.unitPrice ?? line.price,
    currency: quoted?.currency ?? line.currency,
    total: isSameQuantity ? (quoted?.lineTotal ?? null) : null,
    stockLeft: quoted?.stockLeft ?? null,
  }
}
