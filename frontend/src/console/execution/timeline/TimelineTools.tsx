import type { Entry } from '../queries'
import { useExecutionSearch } from '../search'
import { KINDS, kindsText, readKinds, toggleKind } from './kinds'
import { texts } from './texts'
import classes from './Timeline.module.css'

/** The form of the timeline and its filters, which the URL holds. */
export function TimelineTools({ entries }: { entries: readonly Entry[] }) {
  const [search, change] = useExecutionSearch()
  const kinds = readKinds(search.kinds)
  const machines = [...new Set(entries.flatMap(({ machine }) => machine ?? []))].toSorted()
  const present = KINDS.filter((kind) => entries.some((entry) => entry.kind === kind))
  const isGantt = search.view === 'gantt'
  const isAll = kinds.length === KINDS.length
  return (
    <div className={classes.tools}>
      {present.length > 1 && (
        <div className={classes.kinds} role="group" aria-label={texts.kindsLabel}>
          {present.map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={!isAll && kinds.includes(kind)}
              onClick={() => change({ kinds: kindsText(toggleKind(kinds, kind)) })}
            >
              {texts.kinds[kind]}
            </button>
          ))}
        </div>
      )}
      {machines.length > 1 && (
        <select
          aria-label={texts.of}
          value={search.of ?? ''}
          onChange={(event) => change({ of: event.currentTarget.value || undefined })}
        >
          <option value="">{texts.everything}</option>
          {machines.map((machine) => (
            <option key={machine}>{machine}</option>
          ))}
        </select>
      )}
      {!isGantt && (
        <select
          aria-label={texts.sort}
          value={search.sort ?? ''}
          onChange={(event) => change({ sort: event.currentTarget.value || undefined })}
        >
          <option value="">{texts.newest}</option>
          <option value="oldest">{texts.oldest}</option>
        </select>
      )}
      <div className={classes.forms} role="group" aria-label={texts.viewLabel}>
        <button type="button" aria-pressed={!isGantt} onClick={() => change({ view: undefined })}>
          {texts.list}
        </button>
        <button type="button" aria-pressed={isGantt} onClick={() => change({ view: 'gantt' })}>
          {texts.gantt}
        </button>
      </div>
    </div>
  )
}
