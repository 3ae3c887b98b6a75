import type { OrderSummary } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { useOrderTexts } from './texts'
import classes from './Totals.module.css'

/** The sums of an order, as the server has calculated them. */
export function Totals({ order }: { order: OrderSummary }) {
  const texts = useOrderTexts()
  const format = useFormat()
  const money = (amount: number) => format.money(amount, order.currency)
  return (
    <dl className={classes.totals}>
      <dt>{texts.subtotal}</dt>
      <dd>{money(order.subtotal)}</dd>
      <dt>{texts.shipping}</dt>
      <dd>{order.shippingCost === 0 ? texts.free : money(order.shippingCost)}</dd>
      {order.taxAmount !== 0 && (
        <>
          <dt>{texts.tax}</dt>
          <dd>{money(order.taxAmount)}</dd>
        </>
      )}
      <dt className={classes.total}>{texts.total}</dt>
      <dd className={classes.total}>{money(order.totalPrice)}</dd>
    </dl>
  )
}
