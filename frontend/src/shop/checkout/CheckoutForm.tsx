import { type SubmitEvent, useRef, useState } from 'react'
import type { OrderSummary, UserView } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { Page } from '../../ui/Page'
import { useCountdown } from '../../ui/useCountdown'
import { cartStore } from '../cart/store'
import { useCartQuote } from '../cart/useCartQuote'
import { AddressSection } from './AddressSection'
import classes from './Checkout.module.css'
import { PayBar } from './PayBar'
import type { PaymentForm } from './pay'
import { PaymentSection } from './PaymentSection'
import { PlacedAddress } from './PlacedAddress'
import { ProblemNotice } from './ProblemNotice'
import { CartSummary, PlacedSummary } from './Summary'
import { useCheckoutTexts } from './texts'
import { useCartOrder } from './useCartOrder'
import { useDraft } from './useDraft'
import { loadStatus, type PaymentState } from './usePayment'

type CheckoutFormProps = {
  user: UserView
  /** The order to pay; null while the cart is no order yet. */
  order: OrderSummary | null
  payment: PaymentState
}

/**
 * Address, order and payment on one page. The order is created when Pay is pressed.
 *
 * Cart and order share this form, so that a card that was typed stays when the order exists.
 */
export function CheckoutForm({ user, order, payment }: CheckoutFormProps) {
  const texts = useCheckoutTexts()
  const format = useFormat()
  const form = useRef<PaymentForm>(null)
  const messages = useRef<HTMLDivElement>(null)
  const [isReady, setReady] = useState(false)
  const cart = useCartQuote({ enabled: order === null })
  const draft = useDraft(user)
  const cartOrder = useCartOrder(draft, payment, cart.retry)
  const { problem, isPaying } = payment
  const pause = useCountdown(problem?.kind === 'limited' ? problem.until : null)

  const total = order ?? (cart.quote?.canOrder ? cart.quote : null)
  const shownTotal = total === null ? null : format.money(total.totalPrice, total.currency)
  const isCurrent = order !== null || cart.isCurrent
  // Stripe's form stays, with what was typed, while the cart has nothing that can be bought.
  const priced = order ?? cart.quote
  const [shown, setShown] = useState({ amount: 0, currency: '' })
  if (priced !== undefined && priced.totalMinor > 0 && priced.totalMinor !== shown.amount) {
    setShown({ amount: priced.totalMinor, currency: priced.currency })
  }
  const canPay = isReady && total !== null && isCurrent && pause === 0 && !isPaying

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!canPay || form.current === null) return
    if (order === null && !cartOrder.check()) return
    const ordered = cartStore.current
    await payment.start({
      form: form.current,
      shownMinor: total.totalMinor,
      place: order === null ? () => cartOrder.place(ordered) : () => loadStatus(order.referenceId),
      onRefused: (error) => cartOrder.onRefused(error, ordered),
    })
    messages.current?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <Page title={order === null ? texts.title : texts.payTitle}>
      <form className={classes.columns} noValidate onSubmit={(event) => void submit(event)}>
        <div ref={messages} className={classes.messages}>
          {problem !== null && <ProblemNotice problem={problem} total={shownTotal ?? ''} />}
        </div>
        <div className={classes.address}>
          {order === null ? (
            <AddressSection
              state={draft}
              problems={cartOrder.problems}
              onProblems={cartOrder.setProblems}
            />
          ) : (
            <PlacedAddress order={order} isPaying={isPaying} onProblem={payment.setProblem} />
          )}
        </div>
        <section className={classes.summary} aria-labelledby="checkout-summary">
          {order === null ? (
            <CartSummary cart={cart} errors={cartOrder.lineErrors} />
          ) : (
            <PlacedSummary order={order} />
          )}
        </section>
        <div className={classes.payment}>
          <PaymentSection
            ref={form}
            amount={shown.amount}
            currency={shown.currency}
            onReady={setReady}
          />
        </div>
        <PayBar
          total={shownTotal}
          isPaying={isPaying}
          isPlacing={payment.isPlacing}
          canPay={canPay}
          payBy={order?.payBy ?? null}
        />
      </form>
    </Page>
  )
}
