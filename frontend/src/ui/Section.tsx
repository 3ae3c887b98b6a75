import { type ReactNode, useId } from 'react'
import classes from './Section.module.css'

type SectionProps = { title: string; lead?: ReactNode; action?: ReactNode; children?: ReactNode }

/** A part of a page with a heading, drawn as a card. */
export function Section({ title, lead, action, children }: SectionProps) {
  const id = useId()
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.header}>
        <div>
          <h2 id={id} className={classes.title}>
            {title}
          </h2>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  )
}
