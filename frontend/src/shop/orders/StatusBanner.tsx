import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { OrderSummary } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { Notice } from '../../ui/Notice'
import { useCountdown } from '../../ui/useCountdown'
import { useOrderTexts } from './texts'
import { situationOf, TONES, useOrderWords } from './words'

/** What is true of the order, in one sentence, and what the person can do about it. */
export function StatusBanner({ order }: { order: OrderSummary }) {
  const words = useOrderWords()
  const texts = useOrderTexts()
  const situation = situationOf(order)
  const isPayable = order.payBy !== null
  return (
    <Notice
      tone={TONES[situation]}
      title={words.labels[situation]}
      action={
        isPayable && (
          <Button
            renderRoot={(props) => (
              <Link to="/checkout" search={{ order: order.referenceId }} {...props} />
            )}
          >
            {texts.pay}
          </Button>
        )
      }
    >
      <p>{words.sentences[situation]}</p>
      {order.payBy !== null && <PayBy payBy={order.payBy} />}
    </Notice>
  )
}

function PayBy({ payBy }: { payBy: string }) {
  const texts = useOrderTexts()
  const format = useFormat()
  const seconds = useCountdown(Date.parse(payBy))
  return (
    <p className="tabular">
      {texts.payBy(format.time(payBy))}{' '}
      {seconds > 0 && texts.timeLeft(Math.max(1, Math.floor(seconds / 60)))}
    </p>
  )
}
