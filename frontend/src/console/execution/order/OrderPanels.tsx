import type { Order } from '../queries'
import { BankPanel } from './BankPanel'
import { DeliveryPanel } from './DeliveryPanel'
import { MoneyPanel } from './MoneyPanel'
import { NoticesPanel } from './NoticesPanel'

/** What belongs to an order alone: its money, the bank's view, its delivery, its notices. */
export function OrderPanels({ order }: { order: Order }) {
  return (
    <>
      <NoticesPanel order={order} />
      <MoneyPanel order={order} />
      <BankPanel order={order} />
      <DeliveryPanel order={order} />
    </>
  )
}
