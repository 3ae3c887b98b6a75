import type { ReactNode } from 'react'
import type { OverviewView } from '../../api/types'
import { Panel } from '../parts/ConsolePage'
import { countText } from '../parts/Count'
import { durationText } from '../parts/duration'
import { ConsoleLink } from '../parts/Links'
import { Time } from '../parts/Time'
import classes from './Overview.module.css'
import { texts } from './texts'

const { checks: words } = texts

/** When the last sweep, the last comparison with Stripe and the last verification were. */
export function ChecksPanel({ overview }: { overview: OverviewView }) {
  const { lastSweep, lastReconciliation: last, lastVerify } = overview
  return (
    <Panel title={words.title}>
      <ul className={classes.checks}>
        <Check name={words.sweep} at={lastSweep?.at}>
          {lastSweep && words.sweepTook(durationText(lastSweep.seconds * 1000))}
        </Check>
        <Check name={words.reconciliation} at={last?.at}>
          {last && (
            <ConsoleLink url={last.path}>
              {words.reconciled(countText({ number: last.events, isExact: true }), last.orphans)}
            </ConsoleLink>
          )}
        </Check>
        <Check name={words.verify} at={lastVerify?.at}>
          {lastVerify && (
            <ConsoleLink url="/console/machines">
              {words.verified(lastVerify.differences)}
            </ConsoleLink>
          )}
        </Check>
      </ul>
    </Panel>
  )
}

type CheckProps = { name: string; at: string | undefined; children: ReactNode }

function Check({ name, at, children }: CheckProps) {
  return (
    <li>
      <span>{name}</span>
      <span className={classes.small}>{children}</span>
      <strong>{at === undefined ? words.never : <Time at={at} />}</strong>
    </li>
  )
}
