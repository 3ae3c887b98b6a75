/** The order that the checkout pays, if it is not the cart's: its reference. */
export type CheckoutSearch = { order?: string }

/** Read the search of the checkout. Anything that cannot be a reference is left out. */
export function readCheckoutSearch(search: Record<string, unknown>): CheckoutSearch {
  const { order } = search
  return typeof order === 'string' && /^[A-Za-z0-9][\w.~:@+=,-]{0,199}$/.test(order)
    ? { order }
    : {}
}
