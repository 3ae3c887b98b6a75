import type { Order } from '../queries'

type Payable = Pick<Order, 'options'> & { money: Pick<Order['money'], 'refundable'> }
type Refundable = { amount: number; refusal: string | null }

/** Return what can be refunded now, and why nothing can, although something is left. */
export function refundableNow({ money, options }: Payable): Refundable {
  const refusal = options.find(({ action }) => action === 'refund')?.refusal ?? null
  const isHeld = refusal !== null && money.refundable > 0
  return isHeld ? { amount: 0, refusal } : { amount: money.refundable, refusal: null }
}
