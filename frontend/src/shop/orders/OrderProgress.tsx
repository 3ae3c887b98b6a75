import type { OrderSummary } from '../../api/types'
import classes from './OrderProgress.module.css'
import { useOrderTexts } from './texts'

const STEPS = ['placed', 'paid', 'shipped', 'delivered'] as const
// How many steps an order in a state has behind it.
const REACHED = { Pending: 1, Confirmed: 2, Shipped: 3, Delivered: 4, Cancelled: 0, Failed: 0 }

/** The way of an order from its placing to its delivery. Ended orders have none. */
export function OrderProgress({ order }: { order: OrderSummary }) {
  const texts = useOrderTexts()
  const reached = REACHED[order.status]
  if (reached === 0) return null
  return (
    <ol className={classes.steps} aria-label={texts.progress}>
      {STEPS.map((step, place) => (
        <li
          key={step}
          className={classes.step}
          data-reached={place < reached}
          aria-current={place === reached - 1 ? 'step' : undefined}
        >
          <span className={classes.dot} aria-hidden="true">
            {place < reached && (
              <svg viewBox="0 0 12 12" width="12" height="12">
                <path
                  d="m2.5 6.3 2.5 2.4 4.5-5"
                  fill="none"
                  stroke="currentColor"
                  strokeWidth="2"
                  strokeLinecap="round"
                  strokeLinejoin="round"
                />
              </svg>
            )}
          </span>
          {texts.steps[step]}
        </li>
      ))}
    </ol>
  )
}
