import type { ReactNode } from 'react'
import classes from './Facts.module.css'

type FactsProps = { children: ReactNode }
type FactProps = { name: string; children: ReactNode }

/** The facts of one thing, by name. */
export function Facts({ children }: FactsProps) {
  return <dl className={classes.facts}>{children}</dl>
}

/** A fact with its name. Without a value it is left out. */
export function Fact({ name, children }: FactProps) {
  if (children === null || children === undefined || children === false || children === '') {
    return null
  }
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
