import { Page } from '../../ui/Page'
import { CartLines } from './CartLines'
import classes from './CartPage.module.css'
import { CheckoutButton } from './CheckoutButton'
import { EmptyCart } from './EmptyCart'
import { useCartTexts } from './texts'
import { Totals } from '../totals/Totals'
import { useCartQuote } from './useCartQuote'

/** The page of the cart: its lines, checked against the shop, and their total. */
export function CartPage() {
  const texts = useCartTexts()
  const cart = useCartQuote()
  const isEmpty = cart.lines.length === 0
  return (
    <Page title={texts.title}>
      <div className={isEmpty ? undefined : classes.columns}>
        <div>
          <CartLines lines={cart.lines} isCurrent={cart.isCurrent} />
          {isEmpty && <EmptyCart />}
        </div>
        {!isEmpty && (
          <section className={classes.summary} aria-label={texts.summary}>
            <Totals amounts={cart.quote} isCurrent={cart.isCurrent} />
            <CheckoutButton cart={cart} />
          </section>
        )}
      </div>
    </Page>
  )
}
