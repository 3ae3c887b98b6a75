import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type Ref, useState } from 'react'
import { focusHeading } from '../../ui/focusHeading'
import { Notice } from '../../ui/Notice'
import classes from './Checkout.module.css'
import type { PaymentForm } from './pay'
import { PaymentBoundary } from './payment/PaymentBoundary'
import { PaymentFields } from './payment/PaymentFields'
import { stripeQuery } from './payment/stripe'
import { useCheckoutTexts } from './texts'

type PaymentSectionProps = {
  /** The total in minor units; zero while nothing can be bought. */
  amount: number
  currency: string
  ref: Ref<PaymentForm>
  onReady: (isReady: boolean) => void
}

/** The payment: Stripe's form, or the reason why it is not there. */
export function PaymentSection({ amount, currency, ref, onReady }: PaymentSectionProps) {
  const texts = useCheckoutTexts()
  const [attempt, setAttempt] = useState(0)
  const { data: stripe, isError, isFetching, refetch } = useQuery(stripeQuery)
  const isBroken = isError && !isFetching
  return (
    <section className={classes.paymentSection} aria-labelledby="checkout-payment">
      <h2 id="checkout-payment">{texts.payment}</h2>
      {isBroken ? (
        <Notice
          tone="failed"
          title={texts.noPayment}
          action={<Retry onClick={() => void refetch()} />}
        >
          {texts.noPaymentLead}
        </Notice>
      ) : (
        <div className={classes.formPlace}>
          {stripe === undefined || amount === 0 ? (
            <FormSkeleton />
          ) : (
            <PaymentBoundary
              key={attempt}
              fallback={
                <Notice
                  tone="failed"
                  title={texts.brokenPayment}
                  action={<Retry onClick={() => setAttempt((count) => count + 1)} />}
                >
                  {texts.brokenPaymentLead}
                </Notice>
              }
            >
              <PaymentFields
                ref={ref}
                stripe={stripe}
                amount={amount}
                currency={currency}
                onReady={onReady}
              />
            </PaymentBoundary>
          )}
        </div>
      )}
    </section>
  )
}

function FormSkeleton() {
  const texts = useCheckoutTexts()
  return (
    <div role="status" aria-label={texts.loadingPayment}>
      <Skeleton height={20} width={120} mb={8} />
      <Skeleton height={44} mb={16} />
      <Skeleton height={20} width={160} mb={8} />
      <Skeleton height={44} />
    </div>
  )
}

function Retry({ onClick }: { onClick: () => void }) {
  const texts = useCheckoutTexts()
  return (
    <Button
      variant="default"
      size="compact-md"
      onClick={({ currentTarget }) => {
        focusHeading(currentTarget)
        onClick()
      }}
    >
      {texts.retry}
    </Button>
  )
}
