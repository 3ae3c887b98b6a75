import { useLiveQuery } from '../live/polled'
import { PauseIcon } from '../parts/icons'
import { Time } from '../parts/Time'
import { controlsQuery } from './controls'
import classes from './PausesBanner.module.css'
import { texts } from './texts'

const EVERY_MS = 10_000

/** The banner of the pauses in force: what stands still, why, and by whom. On every page. */
export function PausesBanner() {
  const pauses = useLiveQuery(controlsQuery(), { everyMs: EVERY_MS }).data?.pauses ?? []
  const { label, paused, by } = texts.pauses
  if (pauses.length === 0) return null
  return (
    <aside className={classes.banner} aria-label={label}>
      <ul>
        {pauses.map(({ kind, name, reason, actor, actorEmail, pausedAt }) => (
          <li key={`${kind} ${name}`}>
            <PauseIcon size={14} />
            <p>
              <strong>{paused(kind, name)}</strong>: {reason}{' '}
              <span className={classes.facts}>
                {by(actorEmail ?? actor)}, <Time at={pausedAt} />
              </span>
            </p>
          </li>
        ))}
      </ul>
    </aside>
  )
}
