import { Link } from '@tanstack/react-router'
import type { FieldProblem, OrderSummary } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { Picture } from '../../ui/Picture'
import { useFieldText } from '../../ui/useErrorText'
import { LineNoticeBox } from '../cart/LineNoticeBox'
import { cartStore } from '../cart/store'
import { Totals } from '../totals/Totals'
import type { CartQuote } from '../cart/useCartQuote'
import classes from './Summary.module.css'
import { useCheckoutTexts } from './texts'

/** The problems of lines that the server refused, by product. */
export type LineErrors = Readonly<Record<number, FieldProblem>>

/** The cart as it would be ordered, with what has changed since it was filled. */
export function CartSummary({ cart, errors }: { cart: CartQuote; errors: LineErrors }) {
  const texts = useCheckoutTexts()
  const format = useFormat()
  return (
    <>
      <div className={classes.heading}>
        <h2 id="checkout-summary">{texts.summary}</h2>
        <Link to="/cart">{texts.editCart}</Link>
      </div>
      <ul className={classes.lines}>
        {cart.lines.map(({ line, notice, unitPrice, currency }) => (
          <li key={line.productId}>
            <Line
              name={line.name}
              imageUrl={line.imageUrl}
              price={texts.pieces(line.quantity, format.money(unitPrice, currency))}
            />
            {notice !== null && (
              <LineNoticeBox
                line={line}
                notice={notice}
                onRemove={() => cartStore.remove(line.productId)}
              />
            )}
            {notice === null && <LineError problem={errors[line.productId]} />}
          </li>
        ))}
      </ul>
      <Totals amounts={cart.quote} isCurrent={cart.isCurrent} />
    </>
  )
}

function LineError({ problem }: { problem: FieldProblem | undefined }) {
  const fieldText = useFieldText()
  return problem && <p className={classes.error}>{fieldText(problem)}</p>
}

/** An order that exists: its lines and prices stay as they were when it was placed. */
export function PlacedSummary({ order }: { order: OrderSummary }) {
  const texts = useCheckoutTexts()
  const format = useFormat()
  return (
    <>
      <h2 id="checkout-summary">{texts.summary}</h2>
      <ul className={classes.lines}>
        {order.items.map(({ productId, product, quantity, priceAtPurchase }) => (
          <li key={productId}>
            <Line
              name={product.name}
              imageUrl={product.imageUrl}
              price={texts.pieces(quantity, format.money(priceAtPurchase, order.currency))}
            />
          </li>
        ))}
      </ul>
      <Totals amounts={order} />
    </>
  )
}

function Line({ name, imageUrl, price }: { name: string; imageUrl: string; price: string }) {
  return (
    <div className={classes.line}>
      <Picture src={imageUrl} alt="" className={classes.picture} />
      <span className={classes.name}>{name}</span>
      <span className={`${classes.price} tabular`}>{price}</span>
    </div>
  )
}
