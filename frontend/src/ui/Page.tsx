import { type ReactNode, useEffect, useRef } from 'react'
import classes from './Page.module.css'

const SITE_NAME = 'ProjectX'

type PageProps = {
  /** The title of the document, and the heading unless `heading` replaces it. */
  title: string
  heading?: ReactNode
  /** A sentence below the heading. */
  lead?: ReactNode
  /** Buttons beside the heading. */
  actions?: ReactNode
  narrow?: boolean
  children: ReactNode
}

/** A page with its heading, which sets the document's title and takes the focus. */
export function Page({ title, heading, lead, actions, narrow = false, children }: PageProps) {
  return (
    <div className={narrow ? classes.narrow : classes.page}>
      <header className={classes.header}>
        <div>
          <PageHeading title={title}>{heading ?? title}</PageHeading>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** The heading of a page. After a navigation it is focused, so that screen readers read it. */
export function PageHeading({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = title === SITE_NAME ? title : `${title} · ${SITE_NAME}`
  }, [title])
  useEffect(() => {
    // The first page of a visit keeps the browser's own focus.
    if (window.history.length > 1 && document.activeElement === document.body) {
      heading.current?.focus({ preventScroll: true })
    }
  }, [])
  return (
    <h1 ref={heading} tabIndex={-1} className={classes.heading}>
      {children}
    </h1>
  )
}
