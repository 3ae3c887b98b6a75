import type { MinuteView, OverviewView } from '../../api/types'
import { Sparkline } from '../charts/Sparkline'
import { countText } from '../parts/Count'
import { ConsoleLink } from '../parts/Links'
import classes from './Overview.module.css'
import { texts } from './texts'

type Rate = Exclude<keyof MinuteView, 'minute'>

const RATES: readonly { rate: Rate; path: string; tone?: 'failed' | 'good' }[] = [
  { rate: 'orders', path: '/console/executions?machine=order' },
  { rate: 'payments', path: '/console/executions?machine=payment&state=Success', tone: 'good' },
  { rate: 'declined', path: '/console/signals?kind=payment_intent.payment_failed', tone: 'failed' },
  { rate: 'transitions', path: '/console/executions?sort=changed' },
]

/** What happened in the last hour, minute by minute. */
export function RatesPanel({ overview }: { overview: OverviewView }) {
  // The last minute is not over yet: its count would look like a fall.
  const minutes = overview.series.slice(0, -1)
  return (
    <section className={classes.rates} aria-label={texts.rates.title}>
      {RATES.map(({ rate, path, tone }) => {
        const values = minutes.map((minute) => minute[rate])
        const total = numberText(values.reduce((sum, value) => sum + value, 0))
        return (
          <div key={rate} className={classes.rate}>
            <h2>{texts.rates[rate]}</h2>
            <p className={classes.figure}>
              <ConsoleLink url={path} label={`${texts.rates[rate]}: ${total}`}>
                {total}
              </ConsoleLink>
            </p>
            <p className={classes.small}>
              {texts.rates.lastMinute(numberText(values.at(-1) ?? 0))}
            </p>
            <Sparkline
              values={values}
              label={texts.rates.chart(texts.rates[rate], total)}
              tone={tone}
              width={240}
              height={36}
            />
          </div>
        )
      })}
    </section>
  )
}

function numberText(number: number): string {
  return countText({ number, isExact: true })
}
