import type { OverviewView } from '../../api/types'
import { Panel } from '../parts/ConsolePage'
import { durationText } from '../parts/duration'
import { ConsoleLink } from '../parts/Links'
import classes from './Overview.module.css'
import { texts } from './texts'

/** The oldest overdue activity of each name, the latest first. */
export function LagsPanel({ overview: { lags } }: { overview: OverviewView }) {
  return (
    <Panel title={texts.lags.title}>
      {lags.length === 0 ? (
        <p className={classes.small}>{texts.lags.none}</p>
      ) : (
        <ul className={classes.counts}>
          {lags.map(({ name, activityId, seconds, isPaused }) => (
            <li key={name}>
              <ConsoleLink url={`/console/activities/${activityId}`}>
                <span>{name}</span>
                <strong>
                  {(isPaused ? texts.lags.paused : texts.lags.late)(durationText(seconds * 1000))}
                </strong>
              </ConsoleLink>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
