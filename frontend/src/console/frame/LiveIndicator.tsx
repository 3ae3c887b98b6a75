import { setPaused, useLiveStatus } from '../live/live'
import { PauseIcon, PlayIcon } from '../parts/icons'
import classes from './LiveIndicator.module.css'
import { texts } from './texts'

/** The button that shows whether the console follows the server, and that pauses it. */
export function LiveIndicator() {
  const status = useLiveStatus()
  const { live, pause, resume, paused, offline, offlineHint } = texts.live
  const hint = { live: pause, paused: resume, offline: offlineHint }[status]
  return (
    <button
      type="button"
      className={classes.indicator}
      data-status={status}
      aria-label={hint}
      title={hint}
      onClick={() => setPaused(status === 'live')}
    >
      <span className={classes.dot} />
      <span className={classes.word}>{{ live, paused, offline }[status]}</span>
      {status === 'live' ? <PauseIcon size={12} /> : <PlayIcon size={12} />}
    </button>
  )
}
