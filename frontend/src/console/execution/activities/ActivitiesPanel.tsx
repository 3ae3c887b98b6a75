import { useRoleRefusal } from '../../frame/me'
import { Button } from '../../parts/Button'
import { Panel } from '../../parts/ConsolePage'
import { ConsoleLink } from '../../parts/Links'
import { Time } from '../../parts/Time'
import { RemedyDialog } from '../../remedies/RemedyDialog'
import { type Remedy, ROLES } from '../../remedies/remedies'
import { texts as remedyTexts } from '../../remedies/texts'
import type { Execution } from '../queries'
import { useExecutionSearch } from '../search'
import classes from './Activities.module.css'
import { type Activity, canBeReplayed, isHeld, type Message, readRemedy, remediesOf } from './can'
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
      <OpenRemedy execution={execution} />
    </Panel>
  )
}

function ActivityRow({ activity, isReason }: { activity: Activity; isReason: boolean }) {
  const { id, name, state, attempts, maxAttempts, dueAt, unknownOutcomes, lastError } = activity
  return (
    <li data-reason={isReason}>
      <p className={classes.words}>
        <strong>{name}</strong> {state}, {texts.tries(attempts, maxAttempts)},{' '}
        {isHeld(activity) ? (
          <>
            {texts.paused(activity.paused ?? '')}{' '}
            <ConsoleLink url="/console/controls">{texts.resume}</ConsoleLink>
          </>
        ) : (
          <>
            {texts.due} <Time at={dueAt} />
          </>
        )}
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
          refusal={roleRefusal(ROLES[remedy])}
          onClick={() => change({ do: `activity.${remedy}`, on: id }, { replace: false })}
        >
          {remedyTexts.verbs[remedy]}
        </Button>
      ))}
    </span>
  )
}

/** The question before a remedy, when the URL asks for it. */
function OpenRemedy({ execution }: { execution: Execution }) {
  const [search, change] = useExecutionSearch()
  const remedy = readRemedy(search.do)
  const activity = execution.activities.find(({ id }) => id === search.on)
  const message = execution.signalsReceived.find(({ id }) => id === search.on)
  const name = activity?.name ?? message?.kind
  if (remedy === undefined || name === undefined || search.on === undefined) return null
  const patient = { id: search.on, name, unknownOutcomes: activity?.unknownOutcomes ?? 0 }
  return (
    <RemedyDialog
      key={`${remedy} ${patient.id}`}
      remedy={remedy}
      patient={patient}
      onClose={() => change({ do: undefined, on: undefined })}
    />
  )
}
