import { LoadError } from '../../../ui/LoadError'
import { Button } from '../../parts/Button'
import { Panel } from '../../parts/ConsolePage'
import type { Execution } from '../queries'
import { useExecutionSearch } from '../search'
import { EntryGantt } from './EntryGantt'
import { EntryList } from './EntryList'
import { filterEntries, readKinds } from './kinds'
import { texts } from './texts'
import classes from './Timeline.module.css'
import { TimelineTools } from './TimelineTools'
import { useSeen } from './useSeen'
import { useTimeline } from './useTimeline'

/** One timeline of an execution and all that belongs to it, as a list or as a chart. */
export function TimelinePanel({ execution }: { execution: Execution }) {
  const [search, change] = useExecutionSearch()
  const isOldestFirst = search.sort === 'oldest'
  const { entries, hasOlder, isLoading, error, loadOlder } = useTimeline(execution, search.entry)
  const end = useSeen(isOldestFirst || error !== null ? undefined : loadOlder)
  const kinds = readKinds(search.kinds)
  const shown = filterEntries(entries, kinds, search.of)
  const ordered = isOldestFirst ? shown.toReversed() : shown
  const more = (
    <div className={classes.more}>
      {error !== null && <LoadError error={error} onRetry={loadOlder} />}
      {hasOlder && (
        <div ref={end}>
          <Button isBusy={isLoading} onClick={loadOlder}>
            {isLoading ? texts.loading : texts.older}
          </Button>
        </div>
      )}
      <span className={classes.count}>{texts.shown(entries.length, hasOlder)}</span>
    </div>
  )
  return (
    <Panel title={texts.title} actions={<TimelineTools entries={entries} />}>
      {isOldestFirst && hasOlder && more}
      {shown.length === 0 ? (
        <div className={classes.empty}>
          <p>{entries.length === 0 ? texts.none : texts.noneOfThese}</p>
          {entries.length > 0 && (
            <Button onClick={() => change({ kinds: undefined, of: undefined })}>
              {texts.showAll}
            </Button>
          )}
        </div>
      ) : search.view === 'gantt' ? (
        <EntryGantt entries={shown} />
      ) : (
        <div className={classes.timeline}>
          <EntryList entries={ordered} isOldestFirst={isOldestFirst} />
        </div>
      )}
      {!(isOldestFirst && hasOlder) && more}
    </Panel>
  )
}
