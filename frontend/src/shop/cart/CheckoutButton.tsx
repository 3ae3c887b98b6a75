import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { focusHeading } from '../../ui/focusHeading'
import { Notice } from '../../ui/Notice'
import { useErrorText, useFieldText } from '../../ui/useErrorText'
import classes from './CartPage.module.css'
import { useCartTexts } from './texts'
import type { CartQuote } from './useCartQuote'

type CheckoutButtonProps = { cart: CartQuote; onLeave?: () => void }

/** The way to the checkout, or the reason why there is none yet. */
export function CheckoutButton({ cart, onLeave }: CheckoutButtonProps) {
  const texts = useCartTexts()
  const errorText = useErrorText()
  const fieldText = useFieldText()
  const { quote, isCurrent, error } = cart
  const isBlocked = error !== null || (isCurrent && quote?.canOrder === false)
  return (
    <div className={classes.checkout}>
      {error !== null && (
        <Notice
          tone="failed"
          title={texts.unreachable}
          action={
            <Button
              variant="default"
              size="compact-md"
              onClick={({ currentTarget }) => {
                focusHeading(currentTarget)
                cart.retry()
              }}
            >
              {texts.retry}
            </Button>
          }
        >
          {errorText(error)}
        </Notice>
      )}
      {isBlocked ? (
        <Button size="lg" fullWidth disabled>
          {texts.checkout}
        </Button>
      ) : (
        <Button
          size="lg"
          fullWidth
          renderRoot={(props) => <Link to="/checkout" onClick={onLeave} {...props} />}
        >
          {texts.checkout}
        </Button>
      )}
      {error === null && isBlocked && (
        <p className={classes.reason} role="status">
          {quote?.refusal ? fieldText(quote.refusal) : texts.attention}
        </p>
      )}
    </div>
  )
}
