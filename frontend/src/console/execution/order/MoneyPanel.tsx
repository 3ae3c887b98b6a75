import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { describeCard } from '../../../shop/orders/card'
import { Panel } from '../../parts/ConsolePage'
import { Money } from '../../parts/Money'
import { Time } from '../../parts/Time'
import type { Order } from '../queries'
import { StateName } from '../StateName'
import classes from './Order.module.css'
import { refundableNow } from './refundable'
import { texts } from './texts'

/** The money of an order: what was captured and refunded, the card, refunds and disputes. */
export function MoneyPanel({ order }: { order: Order }) {
  const { money, payments, refunds, disputes } = order
  const payment = payments[0]
  const refundable = refundableNow(order)
  return (
    <Panel title={texts.money}>
      {money.currency !== money.orderCurrency && (
        <p className={classes.warning}>
          {texts.otherCurrency(money.orderCurrency, money.currency)}
        </p>
      )}
      <dl className={classes.figures}>
        <Figure name={texts.total} amount={money.total} currency={money.orderCurrency} />
        <Figure name={texts.captured} amount={money.captured} currency={money.currency} />
        <Figure name={texts.refunded} amount={money.refunded} currency={money.currency} />
        {money.refundRequestedMinor > 0 && (
          <Figure
            name={texts.refundRequested}
            amount={money.refundRequested}
            currency={money.currency}
          />
        )}
        <Figure
          name={texts.refundable}
          amount={refundable.amount}
          currency={money.currency}
          isStrong
        />
        {payment !== undefined && describeCard(payment) !== null && (
          <>
            <dt>{texts.paidWith}</dt>
            <dd>{describeCard(payment)}</dd>
          </>
        )}
      </dl>
      {refundable.refusal !== null && <p className={classes.quiet}>{refundable.refusal}</p>}
      {payment?.declineReason != null && (
        <p className={classes.quiet}>{texts.declined(payment.declineReason)}</p>
      )}
      <MoneyRows title={texts.refunds}>
        {refunds.map((refund) => (
          <MoneyRow key={refund.id} machine="refund" row={refund}>
            {refund.failureReason ?? refund.reason}
          </MoneyRow>
        ))}
      </MoneyRows>
      <MoneyRows title={texts.disputes}>
        {disputes.map((dispute) => (
          <MoneyRow key={dispute.id} machine="dispute" row={dispute}>
            {dispute.reason}
            {dispute.dueBy !== null && (
              <>
                {' · '}
                {texts.dueBy} <Time at={dispute.dueBy} />
              </>
            )}
          </MoneyRow>
        ))}
      </MoneyRows>
    </Panel>
  )
}

/** A heading with its rows, if there are any. */
function MoneyRows({ title, children }: { title: string; children: readonly ReactNode[] }) {
  if (children.length === 0) return null
  return (
    <>
      <h3 className={classes.heading}>{title}</h3>
      <ul className={classes.rows}>{children}</ul>
    </>
  )
}

type FigureProps = { name: string; amount: number; currency: string; isStrong?: boolean }

function Figure({ name, amount, currency, isStrong = false }: FigureProps) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={isStrong ? classes.strong : undefined}>
        <Money amount={amount} currency={currency} />
      </dd>
    </>
  )
}

type MoneyRowProps = {
  machine: string
  row: { id: string; state: string; amount: number; currency: string; createdAt: string }
  children: ReactNode
}

/** A refund or a dispute on one line, with the way to its own page. */
function MoneyRow({ machine, row, children }: MoneyRowProps) {
  const { id, state, amount, currency, createdAt } = row
  return (
    <li>
      <Link to="/console/executions/$machine/$id" params={{ machine, id }}>
        <Money amount={amount} currency={currency} />
      </Link>
      <StateName machine={machine} state={state} />
      <span className={classes.end}>
        <Time at={createdAt} />
      </span>
      {children !== null && <p className={classes.note}>{children}</p>}
    </li>
  )
}
