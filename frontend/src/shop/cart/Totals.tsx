import { useFormat } from '../../ui/i18n/format'
import { useCartTexts } from './texts'
import classes from './Totals.module.css'

/** The amounts of a quote or of an order, in major units of `currency`. */
export type Amounts = {
  currency: string
  subtotal: number
  shippingCost: number
  taxAmount: number
  totalPrice: number
}

type TotalsProps = {
  /** Undefined while they are not known. */
  amounts: Amounts | undefined
  isCurrent: boolean
}

/** The sums of a cart or an order, as the server has calculated them. */
export function Totals({ amounts, isCurrent }: TotalsProps) {
  const texts = useCartTexts()
  const format = useFormat()
  const money = (name: Exclude<keyof Amounts, 'currency'>) =>
    amounts === undefined ? (
      <span className={classes.unknown} />
    ) : (
      format.money(amounts[name], amounts.currency)
    )
  return (
    <dl
      className={`${classes.totals} tabular ${isCurrent ? '' : classes.pending}`}
      aria-busy={!isCurrent}
    >
      <div>
        <dt>{texts.subtotal}</dt>
        <dd>{money('subtotal')}</dd>
      </div>
      <div>
        <dt>{texts.shipping}</dt>
        <dd>{money('shippingCost')}</dd>
      </div>
      <div>
        <dt>{texts.tax}</dt>
        <dd>{money('taxAmount')}</dd>
      </div>
      <div className={classes.total}>
        <dt>{texts.total}</dt>
        <dd>{money('totalPrice')}</dd>
      </div>
    </dl>
  )
}
