import type { OrderSummary } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { Section } from '../../ui/Section'
import { describeCard } from './card'
import classes from './Order.module.css'
import { paymentMade } from './paymentMade'
import { withOutcomes } from './refunds'
import { useOrderTexts } from './texts'
import { situationOf, useOrderWords } from './words'

/** How the order was paid, and what went back. */
export function PaymentCard({ order }: { order: OrderSummary }) {
  const texts = useOrderTexts()
  const words = useOrderWords()
  const format = useFormat()
  const { payment, refunds } = order
  const situation = situationOf(order, paymentMade(order.referenceId))
  const unpaid = order.status === 'Pending' ? texts.notPaidYet : texts.notPaid
  return (
    <Section title={texts.payment}>
      {payment.status === 'Success' ? (
        <p className={classes.fact}>
          <span>{describeCard(payment) ?? texts.steps.paid}</span>
          <strong className="tabular">{format.money(payment.amount, payment.currency)}</strong>
        </p>
      ) : (
        <p className={classes.muted}>
          {situation === 'confirming' ? words.labels[situation] : unpaid}
        </p>
      )}
      {withOutcomes(refunds).map((refund) => (
        <p key={refund.id} className={classes.muted}>
          {texts.refund(
            format.money(refund.amount, refund.currency),
            words.refunds[refund.outcome],
          )}
        </p>
      ))}
    </Section>
  )
}
