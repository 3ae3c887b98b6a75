import { useState } from 'react'
import { Gantt } from '../../charts/Gantt'
import { useNow } from '../../parts/now'
import { useStateKinds } from '../machines'
import type { Entry } from '../queries'
import { ganttRows } from './gantt'
import { texts } from './texts'
import classes from './Timeline.module.css'

const MAX_ENTRIES = 200

/** The entries on an axis of time. Idle time is collapsed until one wants to see it. */
export function EntryGantt({ entries }: { entries: readonly Entry[] }) {
  const [isCollapsed, setCollapsed] = useState(true)
  const kindOf = useStateKinds()
  const now = useNow()
  const newest = entries.slice(0, MAX_ENTRIES)
  return (
    <>
      <label className={classes.idle}>
        <input
          type="checkbox"
          checked={isCollapsed}
          onChange={(event) => setCollapsed(event.currentTarget.checked)}
        />
        {texts.collapse}
      </label>
      <Gantt
        label={texts.ganttLabel}
        rows={ganttRows(newest, kindOf, now)}
        isIdleCollapsed={isCollapsed}
      />
      {newest.length < entries.length && (
        <p className={classes.count}>{texts.ganttNewest(newest.length)}</p>
      )}
    </>
  )
}
