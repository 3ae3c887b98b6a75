/**
 * The order whose payment this tab has made, as Stripe told it. The shop hears of it a moment
 * later: meanwhile the page must not ask for the payment again.
 */

/** A payment is final when it succeeded; a pending one may still be declined. */
export type PaymentMade = 'succeeded' | 'pending'

const STORAGE_KEY = 'payment-made'
// Stripe adds it to the address on the way back from the bank's page.
const RETURN_STATUS = 'redirect_status'

let latest: string | null = null

/** Remember that the payment of an order was made here. */
export function notePaymentMade(referenceId: string, payment: PaymentMade): void {
  note(payment, referenceId)
}

/** Remember that the payment of an order is begun here, which may lead to the bank's page. */
export function notePaymentBegun(referenceId: string): void {
  note('begun', referenceId)
}

function note(payment: PaymentMade | 'begun', referenceId: string): void {
  latest = `${payment} ${referenceId}`
  try {
    sessionStorage.setItem(STORAGE_KEY, latest)
  } catch {
    // Storage is blocked: it is forgotten with a reload.
  }
}

/** Return how the payment of an order was made here, on the page or on the bank's; null is not. */
export function paymentMade(
  referenceId: string,
  search = window.location.search,
): PaymentMade | null {
  const [payment, reference] = (read() ?? '').split(' ')
  const returned = new URLSearchParams(search).get(RETURN_STATUS)
  if (reference !== referenceId) return null
  if (payment === 'succeeded' || payment === 'pending') return payment
  // The address says how it went only where the way to the bank began: anybody can write one.
  return returned === 'succeeded' || returned === 'pending' ? returned : null
}

function read(): string | null {
  try {
    return sessionStorage.getItem(STORAGE_KEY) ?? latest
  } catch {
    return latest
  }
}
