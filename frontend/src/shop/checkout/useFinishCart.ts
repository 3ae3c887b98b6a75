import { useEffect } from 'react'
import type { OrderSummary } from '../../api/types'
import { cartStore } from '../cart/store'
import { clearDraft } from './draft'
import { isPaid } from './pay'

/** Empty the cart once the order that it became is paid, such as on the return from a bank. */
export function useFinishCart(order: OrderSummary | undefined): void {
  const paid = order !== undefined && isPaid(order) ? order.referenceId : null
  useEffect(() => {
    if (paid === null || cartStore.current.referenceId !== paid) return
    cartStore.finish(paid)
    clearDraft()
  }, [paid])
}
