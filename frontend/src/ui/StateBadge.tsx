import type { ReactNode } from 'react'
import classes from './StateBadge.module.css'

export type Tone = 'waiting' | 'active' | 'good' | 'done' | 'ended' | 'failed'

/** A state as colour, shape and word. The shapes tell the tones apart without colour. */
export function StateBadge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <StateShape tone={tone} />
      {children}
    </span>
  )
}

/** The shape of a tone, 12 by 12 units. */
export function StateShape({ tone, size = 12 }: { tone: Tone; size?: number }) {
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} aria-hidden="true" fill="currentColor">
      {SHAPES[tone]}
    </svg>
  )
}

const SHAPES: Record<Tone, ReactNode> = {
  waiting: <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="2" />,
  active: (
    <>
      <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.5a4.5 4.5 0 0 1 0 9z" />
    </>
  ),
  good: <circle cx="6" cy="6" r="5" />,
  done: (
    <path
      fillRule="evenodd"
      d="M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1m2.9 3.5-3.4 4-2.3-2 .8-1L5.4 6.6 7.8 3.6z"
    />
  ),
  ended: <path fillRule="evenodd" d="M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1M3 5.2h6v1.6H3z" />,
  failed: <path d="M6 .5 11.5 6 6 11.5.5 6z" />,
}
