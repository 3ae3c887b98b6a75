import { texts as noticeTexts } from '../../notices/texts'
import { Panel } from '../../parts/ConsolePage'
import { Time } from '../../parts/Time'
import type { Order } from '../queries'
import classes from './Order.module.css'
import { texts } from './texts'

const kinds: Readonly<Record<string, string>> = noticeTexts.kinds

/** The notices about an order: what a person has to look at. */
export function NoticesPanel({ order: { notices } }: { order: Order }) {
  if (notices.length === 0) return null
  return (
    <Panel title={texts.notices}>
      <ul className={classes.rows}>
        {notices.map((notice) => (
          <li key={notice.id}>
            <strong>{kinds[notice.kind] ?? notice.kind}</strong>
            <span className={classes.end}>
              {notice.settledAt !== null && `${texts.settled} `}
              <Time at={notice.settledAt ?? notice.createdAt} />
            </span>
            <p className={`${classes.note} ${classes.sentence}`}>{notice.text}</p>
            {notice.advice !== null && (
              <p className={`${classes.note} ${classes.sentence}`}>
                <strong>{noticeTexts.toDo}:</strong> {notice.advice}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
