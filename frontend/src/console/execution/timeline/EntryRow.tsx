import { StateShape } from '../../../ui/StateBadge'
import { durationText } from '../../parts/duration'
import { ChevronDownIcon, ChevronRightIcon, ExternalIcon } from '../../parts/icons'
import { Time } from '../../parts/Time'
import type { Entry } from '../queries'
import { StateName } from '../StateName'
import { EntryDetails } from './EntryDetails'
import { mayBeTwice, toneOf } from './kinds'
import { texts } from './texts'
import classes from './Timeline.module.css'

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' })

type EntryRowProps = {
  entry: Entry
  /** The entry that happened before it, if it is known. */
  before: Entry | undefined
  /** The entry above it, whose day need not be repeated. */
  above: Entry | undefined
  isCurrent: boolean
  isOpen: boolean
  onToggle: () => void
}

/** An entry of a timeline on one line, and its details below it when it is open. */
export function EntryRow({ entry, before, above, isCurrent, isOpen, onToggle }: EntryRowProps) {
  const date = dayOf(entry)
  const tone = toneOf(entry)
  const since = before === undefined ? null : Date.parse(entry.at) - Date.parse(before.at)
  return (
    <>
      {(above === undefined || dayOf(above) !== date) && <p className={classes.day}>{date}</p>}
      <div className={classes.row} data-current={isCurrent} data-kind={entry.kind}>
        <button
          type="button"
          className={classes.toggle}
          aria-expanded={isOpen}
          aria-label={texts.expand(entry.title)}
          onClick={onToggle}
        >
          {isOpen ? <ChevronDownIcon size={12} /> : <ChevronRightIcon size={12} />}
        </button>
        <span className={classes.time}>
          <Time at={entry.at} show="clock" />
          {since !== null && since > 0 && (
            <span className={classes.since}>{texts.after(durationText(since))}</span>
          )}
        </span>
        <span className={classes.machine}>{entry.machine ?? texts.kind[entry.kind]}</span>
        <span className={classes.title}>
          {tone !== undefined && (
            <span className={classes.shape} data-tone={tone}>
              <StateShape tone={tone} size={10} />
            </span>
          )}
          <span className={classes.name}>{entry.title}</span>
          <EntryResult entry={entry} />
        </span>
        <span className={classes.cause}>
          {entry.actorEmail ?? entry.actor ?? entry.cause ?? ''}
        </span>
        <span className={classes.request}>
          <RequestId entry={entry} />
        </span>
      </div>
      {isOpen && <EntryDetails entry={entry} />}
    </>
  )
}

/** What came of an entry: the states of a transition, the attempts and the error of a call. */
function EntryResult({ entry }: { entry: Entry }) {
  const { kind, machine, from, to, state, error, attempts, startedAt, finishedAt } = entry
  if (kind === 'transition' || kind === 'ignored') {
    return (
      <span className={classes.states}>
        {from === null ? (
          <span className={classes.quiet}>{texts.isNew}</span>
        ) : (
          <span className={classes.quiet}>{from}</span>
        )}
        {to !== null && to !== from && (
          <>
            <span aria-hidden="true">→</span>
            <StateName machine={machine ?? ''} state={to} />
          </>
        )}
      </span>
    )
  }
  const isOver = startedAt !== null && finishedAt !== null
  const took = isOver ? durationText(Date.parse(finishedAt) - Date.parse(startedAt)) : null
  return (
    <span className={classes.states}>
      {state !== null && <span className={classes.quiet}>{state}</span>}
      {(attempts ?? 0) > 1 && <span className={classes.warning}>{texts.tries(attempts ?? 0)}</span>}
      {mayBeTwice(entry) && <span className={classes.warning}>{texts.maybeTwice}</span>}
      {took !== null && <span className={classes.quiet}>{took}</span>}
      {error !== null && <span className={classes.error}>{error}</span>}
      {entry.reason !== null && <span className={classes.quiet}>“{entry.reason}”</span>}
    </span>
  )
}

function RequestId({ entry: { providerRequestId, links } }: { entry: Entry }) {
  const dashboard = links.find(({ label }) => label === 'Stripe' || label === 'SendGrid')
  if (providerRequestId === null) return null
  if (dashboard === undefined) return <code>{providerRequestId}</code>
  return (
    <a href={dashboard.url} target="_blank" rel="noreferrer">
      <code>{providerRequestId}</code> <ExternalIcon size={10} />
    </a>
  )
}

function dayOf({ at }: Entry): string {
  return day.format(new Date(at))
}
