import { Panel } from '../../parts/ConsolePage'
import { Copyable } from '../../parts/Copyable'
import { Money } from '../../parts/Money'
import { Time } from '../../parts/Time'
import type { Order } from '../queries'
import classes from './Order.module.css'
import { texts } from './texts'

/** The shipment of an order, its address and its items. */
export function DeliveryPanel({ order }: { order: Order }) {
  const { shipment, shippingAddress, items, money } = order
  return (
    <Panel title={texts.delivery}>
      {shipment === null ? (
        <p className={classes.quiet}>{texts.notShipped}</p>
      ) : (
        <>
          <p className={classes.quiet}>
            {shipment.carrier} <Copyable text={shipment.trackingNumber} />
          </p>
          <p className={classes.quiet}>
            {texts.shipped} <Time at={shipment.shippedAt} />
            {shipment.deliveredAt !== null && (
              <>
                {' · '}
                {texts.delivered} <Time at={shipment.deliveredAt} />
              </>
            )}
          </p>
        </>
      )}
      <h3 className={classes.heading}>{texts.address}</h3>
      <p className={classes.address}>{shippingAddress}</p>
      <h3 className={classes.heading}>{texts.items}</h3>
      <ul className={classes.rows}>
        {items.map((item) => (
          <li key={item.productId}>
            {texts.quantity(item.quantity)} {item.product.name}
            <span className={classes.end}>
              <Money amount={item.priceAtPurchase} currency={money.orderCurrency} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
