import { DeliveryCard } from '../../../shop/orders/DeliveryCard'
import { OrderItems } from '../../../shop/orders/OrderItems'
import { PaymentCard } from '../../../shop/orders/PaymentCard'
import { StatusBanner } from '../../../shop/orders/StatusBanner'
import type { Order } from '../queries'
import classes from './Order.module.css'

/** The parts of the shop's page of an order, to look at only. */
export function ShopOrder({ order }: { order: Order['customerView'] }) {
  return (
    <div className={classes.customer} inert>
      <StatusBanner order={order} />
      <OrderItems order={order} />
      <PaymentCard order={order} />
      <DeliveryCard order={order} />
    </div>
  )
}
