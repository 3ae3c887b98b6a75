import { Fragment, type ReactNode } from 'react'
import type { Tone } from '../../ui/StateBadge'
import { durationText } from '../parts/duration'
import classes from './Charts.module.css'
import { createTimeScale, type Span } from './timeScale'

export type GanttRow = {
  id: string
  label: ReactNode
  /** The bars, in milliseconds since 1970. A moment has equal ends. */
  bars: readonly { start: number; end: number; tone: Tone; title: string }[]
  /** Its bars are no work, such as the time in a state: only their ends count as busy. */
  isIdle?: boolean
}

type GanttProps = {
  /** What the chart shows, for screen readers. */
  label: string
  rows: readonly GanttRow[]
  /** Long idle times are drawn as narrow strips. */
  isIdleCollapsed?: boolean
}

// Units of the drawing's width; a moment is still seen.
const WIDTH = 1000
const MIN_BAR = 5

/** Rows of bars on a common axis of time. */
export function Gantt({ label, rows, isIdleCollapsed = false }: GanttProps) {
  const bars = rows.flatMap((row) => row.bars)
  if (bars.length === 0) return null
  const scale = createTimeScale(rows.flatMap(busySpans), isIdleCollapsed)
  return (
    <div className={classes.gantt} role="group" aria-label={label}>
      {rows.map((row) => (
        <Fragment key={row.id}>
          <div className={classes.label}>{row.label}</div>
          <div className={classes.track}>
            <svg
              className={classes.bar}
              viewBox={`0 0 ${WIDTH} 26`}
              preserveAspectRatio="none"
              role="img"
              aria-label={row.bars.map((bar) => bar.title).join(', ')}
            >
              {scale.gaps.map((gap) => (
                <rect
                  key={gap.at}
                  className={classes.gap}
                  x={gap.at * WIDTH}
                  width={gap.width * WIDTH}
                  height="26"
                />
              ))}
              {row.bars.map((bar) => {
                const start = Math.min(scale.place(bar.start) * WIDTH, WIDTH - MIN_BAR)
                const width = Math.max(scale.place(bar.end) * WIDTH - start, MIN_BAR)
                return (
                  <rect
                    key={`${bar.start} ${bar.title}`}
                    className={classes[`tone-${bar.tone}`]}
                    x={start}
                    y="7"
                    width={width}
                    height="12"
                    rx="2"
                  >
                    <title>{bar.title}</title>
                  </rect>
                )
              })}
            </svg>
          </div>
        </Fragment>
      ))}
      <div />
      <div className={classes.axis}>
        <span className={classes.length}>{durationText(scale.length)}</span>
        {scale.gaps.map((gap) => (
          <span
            key={gap.at}
            className={classes.skipped}
            style={{ left: `${(gap.at + gap.width / 2) * 100}%` }}
          >
            {durationText(gap.skipped)}
          </span>
        ))}
      </div>
    </div>
  )
}

function busySpans({ bars, isIdle = false }: GanttRow): Span[] {
  if (!isIdle) return [...bars]
  return bars.flatMap(({ start, end }) => [
    { start, end: start },
    { start: end, end },
  ])
}
