import { Button } from '../../parts/Button'
import { Panel } from '../../parts/ConsolePage'
import { Time } from '../../parts/Time'
import { useRoleRefusal } from '../doing/ActionBar'
import type { Execution } from '../queries'
import { useExecutionSearch } from '../search'
import classes from './Activities.module.css'
import { type Activity, canBeReplayed, type Message, type Remedy, remediesOf, ROLES } from './can'
import { RemedyDialog } from './RemedyDialog'
import { texts } from './texts'

/** The calls that are not over, and the messages that were not applied, with what helps. */
export function ActivitiesPanel({ execution }: { execution: Execution }) {
  const { activities, signalsReceived } = execution
  const messages = signalsReceived.filter(canBeReplayed)
  if (activities.length === 0 && messages.length === 0) return null
  return (
    <Panel title={texts.title}>
      <ul className={classes.rows}>
        {activities.map((activity) => (
          <ActivityRow
            key={activity.id}
            activity={activity}
            isReason={activity.id === execution.why.activityId}
          />
        ))}
        {messages.map((message) => (
          <MessageRow key={message.id} message={message} />
        ))}
      </ul>
      <RemedyDialog execution={execution} />
    </Panel>
  )
}

function ActivityRow({ activity, isReason }: { activity: Activity; isReason: boolean }) {
  const { id, name, state, attempts, maxAttempts, dueAt, unknownOutcomes, lastError } = activity
  return (
    <li data-reason={isReason}>
      <p className={classes.words}>
        <strong>{name}</strong> {state}, {texts.tries(attempts, maxAttempts)}, {texts.due}{' '}
        <Time at={dueAt} />
        {activity.isGivingUp && ` ${texts.givingUp}`}
        {unknownOutcomes > 0 && (
          <span className={classes.warning}> {texts.noAnswer(unknownOutcomes)}</span>
        )}
      </p>
      <Remedies id={id} remedies={remediesOf(activity)} />
      {lastError !== null && <p className={classes.error}>{lastError}</p>}
    </li>
  )
}

function MessageRow({ message }: { message: Message }) {
  const { id, source, kind, state, receivedAt, lastError } = message
  return (
    <li>
      <p className={classes.words}>
        <strong>
          {source} {kind}
        </strong>{' '}
        {state}, <Time at={receivedAt} />
      </p>
      <Remedies id={id} remedies={['replay']} />
      {lastError !== null && <p className={classes.error}>{lastError}</p>}
    </li>
  )
}

function Remedies({ id, remedies }: { id: string; remedies: readonly Remedy[] }) {
  const [, change] = useExecutionSearch()
  const roleRefusal = useRoleRefusal()
  return (
    <span className={classes.buttons}>
      {remedies.map((remedy) => (
        <Button
          key={remedy}
          refusal={roleRefusal({ role: ROLES[remedy] })}
          onClick={() => change({ do: `activity.${remedy}`, on: id }, { replace: false })}
        >
          {texts.verbs[remedy]}
        </Button>
      ))}
    </span>
  )
}
