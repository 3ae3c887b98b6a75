/** The order to pay, where it is not the one of the cart. */
export type CheckoutSearch = { order?: string }

// As web/schemas/order.py has it.
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9._~:@+=,-]{0,199}$/

/** Read the search of the checkout. A reference that no order can have is left out. */
export function readCheckoutSearch(search: Record<string, unknown>): CheckoutSearch {
  const { order } = search
  // The router reads a reference of digits as a number.
  const reference = typeof order === 'number' ? String(order) : order
  return typeof reference === 'string' && REFERENCE.test(reference) ? { order: reference } : {}
}
