import type { OverviewView } from '../../api/types'
import { Panel } from '../parts/ConsolePage'
import { countText } from '../parts/Count'
import { ConsoleLink } from '../parts/Links'
import classes from './Overview.module.css'
import { texts } from './texts'

/** The most frequent errors of failed activities, each with the list of those that have it. */
export function FailedCallsPanel({ overview: { failedCalls } }: { overview: OverviewView }) {
  if (failedCalls.length === 0) return null
  return (
    <Panel title={texts.failedCalls}>
      <ul className={classes.counts}>
        {failedCalls.map(({ name, error, count, path }) => (
          <li key={`${name} ${error}`}>
            <ConsoleLink url={path}>
              <span className={classes.call}>
                {name}
                <span className={classes.error}>{error}</span>
              </span>
              <strong>{countText(count)}</strong>
            </ConsoleLink>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
