import { agoText } from './duration'
import { useNow } from './now'
import classes from './Time.module.css'

const full = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'long',
})
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

type TimeProps = {
  /** ISO 8601. */
  at: string
  /** `relative`: "3 m ago"; `full`: date, time and zone, then relative; `clock`: to the millisecond. */
  show?: 'relative' | 'full' | 'clock'
}

/** A time, relative or absolute. The other form is in its title, with the zone. */
export function Time({ at, show = 'relative' }: TimeProps) {
  const ago = agoText(Date.parse(at), useNow())
  const absolute = full.format(new Date(at))
  return (
    <time dateTime={at} title={show === 'relative' ? absolute : `${absolute}, ${ago}`}>
      {show === 'relative' && <span className="tabular">{ago}</span>}
      {show === 'clock' && <span className={classes.clock}>{clock.format(new Date(at))}</span>}
      {show === 'full' && (
        <>
          {absolute} <span className={classes.ago}>{ago}</span>
        </>
      )}
    </time>
  )
}
