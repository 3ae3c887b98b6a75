import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { Notice } from '../../ui/Notice'
import { Page } from '../../ui/Page'
import type { OrderSummary } from '../../api/types'
import { Returns } from '../orders/Returns'
import { situationOf, useOrderWords } from '../orders/words'
import { cartStore, useCart } from '../cart/store'
import classes from './Checkout.module.css'
import { useCheckoutTexts } from './texts'

/** An order that can no longer be paid. The cart that it came from can be ordered again. */
export function EndedOrder({ order }: { order: OrderSummary }) {
  const { referenceId, refunds } = order
  const words = useOrderWords()
  const texts = useCheckoutTexts()
  const navigate = useNavigate()
  const cart = useCart()
  const isOfCart = cart.referenceId === referenceId && cart.lines.length > 0
  const orderAgain = () => {
    cartStore.renew()
    void navigate({ to: '/checkout', search: {}, replace: true })
  }
  return (
    <Page title={texts.payTitle}>
      <div className={classes.ended}>
        <Notice tone="ended" title={texts.ended}>
          <p>{words.sentences[situationOf(order)]}</p>
          <Returns refunds={refunds} />
        </Notice>
        <div className={classes.buttons}>
          {isOfCart && <Button onClick={orderAgain}>{texts.orderAgain}</Button>}
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link to="/orders/$reference" params={{ reference: referenceId }} {...props} />
            )}
          >
            {texts.viewOrder}
          </Button>
        </div>
      </div>
    </Page>
  )
}
