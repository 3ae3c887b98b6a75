import type { OverviewView } from '../../api/types'
import { Panel } from '../parts/ConsolePage'
import { countText } from '../parts/Count'
import { Fact, Facts } from '../parts/Facts'
import { ConsoleLink } from '../parts/Links'
import { Money } from '../parts/Money'
import classes from './Overview.module.css'
import { texts } from './texts'

const { money: words } = texts

/** What today's orders have brought in, by currency, and what was paid back today. */
export function MoneyPanel({ overview: { moneyToday } }: { overview: OverviewView }) {
  return (
    <Panel title={words.title}>
      {moneyToday.length === 0 && <p className={classes.small}>{words.none}</p>}
      {moneyToday.map(({ currency, captured, refunded, refundRequested, payments, path }) => (
        <div key={currency} className={classes.money}>
          <Facts>
            <Fact name={words.captured}>
              <span className={classes.amount}>
                <ConsoleLink url={path}>
                  <Money amount={captured} currency={currency} />
                </ConsoleLink>
              </span>
            </Fact>
            <Fact name={words.refunded}>
              <span className={classes.amount}>
                <ConsoleLink url="/console/executions?machine=refund">
                  <Money amount={refunded} currency={currency} />
                </ConsoleLink>
              </span>
            </Fact>
            {refundRequested > 0 && (
              <Fact name={words.refundRequested}>
                <span className={classes.amount}>
                  <ConsoleLink url="/console/executions?machine=refund&state=Requested">
                    <Money amount={refundRequested} currency={currency} />
                  </ConsoleLink>
                </span>
              </Fact>
            )}
          </Facts>
          <p className={classes.small}>{paymentsText(payments)}</p>
        </div>
      ))}
    </Panel>
  )
}

function paymentsText(number: number): string {
  return number === 1 ? words.onePayment : words.payments(countText({ number, isExact: true }))
}
