import { useFormat } from '../../ui/i18n/format'
import { messages } from '../../ui/i18n/language'
import classes from './Totals.module.css'

const useTexts = messages({
  en: { subtotal: 'Subtotal', shipping: 'Shipping', free: 'Free', tax: 'Tax', total: 'Total' },
  es: { subtotal: 'Subtotal', shipping: 'Envío', free: 'Gratis', tax: 'Impuestos', total: 'Total' },
})

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
  /** False while other amounts are being calculated. */
  isCurrent?: boolean
}

/** The sums of a cart or an order, as the server has calculated them. */
export function Totals({ amounts, isCurrent = true }: TotalsProps) {
  const texts = useTexts()
  const format = useFormat()
  const money = (name: Exclude<keyof Amounts, 'currency'>) =>
    amounts === undefined ? (
      <span className={classes.unknown} />
    ) : (
      format.money(amounts[name], amounts.currency)
    )
  // Nothing is free of a cart of which nothing can be bought.
  const isFree = amounts?.shippingCost === 0 && amounts.subtotal > 0
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
        <dd>{isFree ? texts.free : money('shippingCost')}</dd>
      </div>
      {amounts !== undefined && amounts.taxAmount !== 0 && (
        <div>
          <dt>{texts.tax}</dt>
          <dd>{money('taxAmount')}</dd>
        </div>
      )}
      <div className={classes.total}>
        <dt>{texts.total}</dt>
        <dd>{money('totalPrice')}</dd>
      </div>
    </dl>
  )
}
