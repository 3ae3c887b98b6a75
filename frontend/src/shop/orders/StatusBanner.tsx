import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { OrderSummary } from '../../api/types'
import { useProblemTexts } from '../../ui/problemTexts'
import { StateShape } from '../../ui/StateBadge'
import { OrderProgress } from './OrderProgress'
import { paymentMade } from './paymentMade'
import { PayBy } from './PayBy'
import { Returns } from './Returns'
import classes from './Status.module.css'
import { useOrderTexts } from './texts'
import { situationOf, TONES, useOrderWords } from './words'

/** What is true of the order, how far it has come, and what the person can do about it. */
export function StatusBanner({ order }: { order: OrderSummary }) {
  const words = useOrderWords()
  const texts = useOrderTexts()
  const { declines } = useProblemTexts()
  const situation = situationOf(order, paymentMade(order.referenceId))
  const payBy = situation === 'confirming' ? null : order.payBy
  const tone = TONES[situation]
  const reason = situation === 'declined' ? order.payment.declineReason : null
  // An ended order has no card of its own for what goes back.
  const hasReturns = situation === 'cancelled' || situation === 'late'
  return (
    <section className={classes.status} data-tone={tone}>
      <div className={classes.head}>
        <div className={classes.words}>
          <div role={tone === 'failed' ? 'alert' : 'status'}>
            <p className={classes.title}>
              <StateShape tone={tone} size={20} />
              {words.labels[situation]}
            </p>
            <p>
              {reason !== null && `${declines[reason]} `}
              {words.sentences[situation]}
            </p>
            {hasReturns && <Returns refunds={order.refunds} />}
          </div>
          {payBy !== null && <PayBy payBy={payBy} />}
        </div>
        {payBy !== null && (
          <div className={classes.action}>
            <Button
              size="md"
              renderRoot={(props) => (
                <Link to="/checkout" search={{ order: order.referenceId }} {...props} />
              )}
            >
              {texts.pay}
            </Button>
          </div>
        )}
      </div>
      <OrderProgress order={order} />
    </section>
  )
}
