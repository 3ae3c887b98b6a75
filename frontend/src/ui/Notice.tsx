import type { ReactNode } from 'react'
import classes from './Notice.module.css'
import { StateShape, type Tone } from './StateBadge'

type NoticeProps = {
  tone: Tone
  title?: ReactNode
  children?: ReactNode
  action?: ReactNode
}

/** A message in the flow of a page. Failures are announced at once, others politely. */
export function Notice({ tone, title, children, action }: NoticeProps) {
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'failed' ? 'alert' : 'status'}>
      <span className={classes.shape}>
        <StateShape tone={tone} size={14} />
      </span>
      <div className={classes.text}>
        {title !== undefined && <p className={classes.title}>{title}</p>}
        {children !== undefined && <div>{children}</div>}
      </div>
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  )
}
