import { lazy, Suspense } from 'react'
import { loadCode } from '../../../ui/pageCode'
import type { Order } from '../queries'

const ShopOrder = lazy(async () => ({
  default: (await loadCode(import('./ShopOrder'))).ShopOrder,
}))

/** The order as the shop shows it to its customer. Its code is loaded when it is looked at. */
export function CustomerView({ order }: { order: Order['customerView'] }) {
  return (
    <Suspense>
      <ShopOrder order={order} />
    </Suspense>
  )
}
