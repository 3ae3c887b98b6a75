import type { PaymentView } from '../../api/types'

const BRANDS: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
}

/** Return the card of a payment, such as "Visa •••• 4242", or null while it is not known. */
export function describeCard({ cardBrand, last4 }: Pick<PaymentView, 'cardBrand' | 'last4'>) {
  if (cardBrand === null || last4 === null) return null
  return `${BRANDS[cardBrand] ?? cardBrand} •••• ${last4}`
}
