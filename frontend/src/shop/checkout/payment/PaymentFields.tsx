import { Elements, PaymentElement, useElements, useStripe } from '@stripe/react-stripe-js'
import type { PaymentIntent, Stripe, StripeError } from '@stripe/stripe-js'
import { type Ref, useEffect, useImperativeHandle, useState } from 'react'
import { useLanguage } from '../../../ui/i18n/language'
import type { Confirmation, PaymentForm } from '../pay'
import { readAppearance } from './appearance'

const COLOR_SCHEME = 'data-mantine-color-scheme'

type PaymentFieldsProps = {
  stripe: Stripe
  /** The total in minor units, and its currency: the order may be created later. */
  amount: number
  currency: string
  ref: Ref<PaymentForm>
  /** Told when the form can be filled in, and when it is gone. */
  onReady: (isReady: boolean) => void
}

/** Stripe's form for the card. What is typed in it goes to Stripe only. */
export function PaymentFields({ stripe, amount, currency, ref, onReady }: PaymentFieldsProps) {
  const appearance = useAppearance()
  const locale = useLanguage()
  return (
    <Elements
      // Elements never change their language.
      key={locale}
      stripe={stripe}
      options={{ mode: 'payment', amount, currency: currency.toLowerCase(), appearance, locale }}
    >
      <PaymentElement options={{ layout: 'tabs' }} onReady={() => onReady(true)} />
      <FormHandle ref={ref} onReady={onReady} />
    </Elements>
  )
}

/** Gives `ref` the two steps of a payment. */
function FormHandle({ ref, onReady }: Pick<PaymentFieldsProps, 'ref' | 'onReady'>) {
  useEffect(() => () => onReady(false), [onReady])
  const stripe = useStripe()
  const elements = useElements()
  useImperativeHandle(ref, () => ({
    submit: async () => {
      const result = await elements?.submit()
      return result !== undefined && result.error === undefined
    },
    confirm: async (clientSecret, returnUrl) => {
      if (stripe === null || elements === null) throw new Error('Stripe.js is not ready')
      const result = await stripe.confirmPayment({
        elements,
        clientSecret,
        confirmParams: { return_url: returnUrl },
        redirect: 'if_required',
      })
      return result.error === undefined ? confirmed(result.paymentIntent) : refused(result.error)
    },
  }))
  return null
}

function confirmed({ status }: PaymentIntent): Confirmation {
  return { status, error: null }
}

function refused({ type, code, message, payment_intent: intent }: StripeError): Confirmation {
  const error = { type, code: code ?? null, message: message ?? '' }
  return { status: intent?.status ?? null, error }
}

/** Return the look of the form, which follows the colours of the page. */
function useAppearance() {
  const [appearance, setAppearance] = useState(readAppearance)
  useEffect(() => {
    const observer = new MutationObserver(() => setAppearance(readAppearance()))
    observer.observe(document.documentElement, { attributeFilter: [COLOR_SCHEME] })
    return () => observer.disconnect()
  }, [])
  return appearance
}
