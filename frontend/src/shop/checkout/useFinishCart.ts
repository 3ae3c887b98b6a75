import { useEffect } from 'react'
import type { OrderSummary } from '../../api/types'
import { cartStore } from '../cart/store'
import { clearDraft } from './draft'
import { isDone } from './pay'

/** Empty the cart once its order is paid, or the payment at the bank, as on the return from there. */
export function useFinishCart(order: OrderSummary | undefined): void {
  const done = order !== undefined && isDone(order) ? order.referenceId : null
  useEffect(() => {
    if (done === null || cartStore.current.referenceId !== done) return
    cartStore.finish(done)
    clearDraft()
  }, [done])
}
