import { Notice } from '../../../ui/Notice'
import { Button } from '../../parts/Button'
import { Time } from '../../parts/Time'
import type { Execution } from '../queries'
import { texts } from './texts'

type MovedNoticeProps = { execution: Execution; seen: number; onLookAgain: () => void }

/** What happened to an execution while an operator was about to act on it. */
export function MovedNotice({ execution, seen, onLookAgain }: MovedNoticeProps) {
  const { id, version, timeline } = execution
  const moves = timeline.filter(
    (entry) => entry.executionId === id && (entry.version ?? 0) > seen && entry.to !== null,
  )
  return (
    <Notice
      tone="waiting"
      title={texts.moved(seen, version)}
      action={<Button onClick={onLookAgain}>{texts.lookAgain}</Button>}
    >
      {moves.map((move) => (
        <p key={move.id}>
          {texts.movedBy(move.title, move.to ?? '')}{' '}
          {texts.by(move.actorEmail ?? move.actor ?? move.cause ?? '')}, <Time at={move.at} />
        </p>
      ))}
      <p>{texts.movedLead}</p>
    </Notice>
  )
}
