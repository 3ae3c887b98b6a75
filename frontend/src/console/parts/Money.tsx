import { createFormat } from '../../ui/i18n/format'

const format = createFormat('en')

/** An amount in major units of its currency, with figures of equal width. */
export function Money({ amount, currency }: { amount: number; currency: string }) {
  return <span className="tabular">{format.money(amount, currency)}</span>
}
