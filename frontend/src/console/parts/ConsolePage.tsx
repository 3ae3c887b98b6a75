import type { ReactNode } from 'react'
import { PageHeading } from '../../ui/Page'
import classes from './ConsolePage.module.css'

type ConsolePageProps = {
  title: string
  heading?: ReactNode
  /** A label behind the title, such as a state. */
  label?: ReactNode
  /** A sentence below the heading. */
  lead?: ReactNode
  /** Controls beside the heading. */
  actions?: ReactNode
  children: ReactNode
}

/** A page of the console with its heading, which sets the document's title and takes the focus. */
export function ConsolePage(props: ConsolePageProps) {
  const { title, heading, label, lead, actions, children } = props
  const labelled = (
    <span className={classes.heading}>
      {title} {label}
    </span>
  )
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <div className={classes.words}>
          <PageHeading title={title}>
            {heading ?? (label === undefined ? title : labelled)}
          </PageHeading>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

type PanelProps = {
  title?: string
  actions?: ReactNode
  /** Without a border, around what has one itself, such as a table. */
  isPlain?: boolean
  children: ReactNode
}

/** A part of a page with a border, and a heading if it has a title. */
export function Panel({ title, actions, isPlain = false, children }: PanelProps) {
  return (
    <section className={classes.panel} data-plain={isPlain}>
      {title !== undefined && (
        <div className={classes.panelHeader}>
          <h2>{title}</h2>
          {actions}
        </div>
      )}
      {children}
    </section>
  )
}
