import { type ReactNode, useEffect, useRef, useState } from 'react'
import classes from './Page.module.css'

const SITE_NAME = 'ProjectX'
let isFirstOfVisit = true

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
  const [keepsFocus] = useState(isFirstOfVisit)
  useEffect(() => {
    isFirstOfVisit = false
    // The first page of a visit keeps the browser's own focus; so does a person who is typing.
    if (!keepsFocus && !(document.activeElement instanceof HTMLInputElement)) {
      heading.current?.focus({ preventScroll: true })
    }
  }, [keepsFocus])
  return (
    <h1 ref={heading} tabIndex={-1} className={classes.heading}>
      {children}
    </h1>
  )
}
