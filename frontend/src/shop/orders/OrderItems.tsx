import { Link } from '@tanstack/react-router'
import type { OrderSummary } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { Picture } from '../../ui/Picture'
import { Section } from '../../ui/Section'
import classes from './Order.module.css'
import { useOrderTexts } from './texts'
import { Totals } from '../totals/Totals'

/** The items of an order, with the prices that were agreed, and its sums. */
export function OrderItems({ order }: { order: OrderSummary }) {
  const texts = useOrderTexts()
  const format = useFormat()
  return (
    <Section title={texts.items}>
      <ul className={classes.items}>
        {order.items.map(({ product, quantity, priceAtPurchase }) => (
          <li key={product.id} className={classes.item}>
            <Picture src={product.imageUrl} alt="" className={classes.picture} />
            <Link
              to="/products/$id"
              params={{ id: String(product.id) }}
              className={classes.itemName}
            >
              {product.name}
            </Link>
            <span className={classes.itemPrice}>
              <span className={classes.quantity}>{texts.quantity(quantity)}</span>{' '}
              {format.money(priceAtPurchase, order.currency)}
            </span>
          </li>
        ))}
      </ul>
      <div className={classes.totals}>
        <Totals amounts={order} />
      </div>
    </Section>
  )
}
