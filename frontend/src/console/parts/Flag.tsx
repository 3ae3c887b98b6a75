import type { ReactNode } from 'react'
import type { Tone } from '../../ui/StateBadge'
import classes from './Flag.module.css'

/** A remark beside a state, in words. */
export function Flag({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.flag} data-tone={tone}>
      {children}
    </span>
  )
}
