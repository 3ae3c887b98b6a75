import type { ReactNode } from 'react'
import { Button } from '../../parts/Button'
import { durationText } from '../../parts/duration'
import { Copyable } from '../../parts/Copyable'
import { ExecutionLink } from '../../parts/ExecutionLink'
import { JsonView } from '../../parts/JsonView'
import { Time } from '../../parts/Time'
import { copyText } from '../copy'
import type { Entry } from '../queries'
import { texts } from './texts'
import classes from './Timeline.module.css'

/** All that is known of an entry: when and why, by whom, its error, its links, its raw row. */
export function EntryDetails({ entry }: { entry: Entry }) {
  const { details } = texts
  const { startedAt, finishedAt, links, machine, executionId } = entry
  const isOver = startedAt !== null && finishedAt !== null
  return (
    <div className={classes.details}>
      <dl className={classes.facts}>
        <Row name={details.at}>
          <Time at={entry.at} show="full" />
        </Row>
        <Row name={details.cause}>{entry.cause !== null && <Copyable text={entry.cause} />}</Row>
        <Row name={details.actor}>{entry.actorEmail ?? entry.actor}</Row>
        <Row name={details.reason}>{entry.reason}</Row>
        <Row name={details.tries}>{entry.attempts}</Row>
        <Row name={details.finished}>
          {finishedAt !== null && <Time at={finishedAt} show="full" />}
          {isOver &&
            `, ${texts.took(durationText(Date.parse(finishedAt) - Date.parse(startedAt)))}`}
        </Row>
        <Row name={details.error}>
          {entry.error !== null && <span className={classes.error}>{entry.error}</span>}
        </Row>
        <Row name={details.request}>
          {entry.providerRequestId !== null && <Copyable text={entry.providerRequestId} />}
        </Row>
      </dl>
      <p className={classes.links}>
        {machine !== null && executionId !== null && (
          <ExecutionLink machine={machine} id={executionId} />
        )}
        {links.map(({ label, url }) => (
          <a key={label} href={url} target="_blank" rel="noreferrer">
            {label}
          </a>
        ))}
        <Button kind="quiet" onClick={() => void copyText(location.href)}>
          {texts.link}
        </Button>
      </p>
      <JsonView value={entry.raw} fileName={`${entry.kind}-${entry.id}.json`} />
    </div>
  )
}

/** A named value; nothing if there is none. */
function Row({ name, children }: { name: string; children: ReactNode }) {
  const isEmpty = children === null || children === undefined || children === false
  const isBlank = Array.isArray(children) && children.every((each) => each === false)
  if (isEmpty || isBlank) return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
