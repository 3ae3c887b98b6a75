import { Link } from '@tanstack/react-router'
import type { ActivityView } from '../../api/types'
import { Copyable } from '../parts/Copyable'
import { CopyableId } from '../parts/Id'
import { ExecutionLink } from '../parts/ExecutionLink'
import { Flag } from '../parts/Flag'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import { ErrorCell } from '../parts/ErrorCell'
import { ACTIVITY_KINDS } from './status'
import { texts } from './texts'

const { columns, flags, none } = texts
const WAITING_STATES = new Set(['queued', 'pending', 'waiting'])

/** The columns of the list of activities. */
export const ACTIVITY_COLUMNS: readonly Column<ActivityView>[] = [
  {
    key: 'name',
    label: columns.name,
    isFixed: true,
    render: ({ id, name }) => (
      <Link to="/console/activities/$id" params={{ id }}>
        {name}
      </Link>
    ),
  },
  { key: 'state', label: columns.state, render: (row) => <ActivityLabels activity={row} /> },
  {
    key: 'subject',
    label: columns.subject,
    render: ({ machine, subjectId }) => <ExecutionLink machine={machine} id={subjectId} />,
  },
  {
    key: 'attempts',
    label: columns.attempts,
    align: 'end',
    render: ({ attempts, maxAttempts }) => (
      <span className="tabular">{texts.attempts(attempts, maxAttempts)}</span>
    ),
  },
  {
    key: 'next',
    label: columns.next,
    render: ({ state, dueAt }) => (WAITING_STATES.has(state) ? <Time at={dueAt} /> : none),
  },
  {
    key: 'error',
    label: columns.error,
    render: ({ lastError }) => <ErrorCell error={lastError} />,
  },
  { key: 'created', label: columns.created, render: ({ createdAt }) => <Time at={createdAt} /> },
  {
    key: 'finished',
    label: columns.finished,
    isHidden: true,
    render: ({ finishedAt }) => (finishedAt === null ? none : <Time at={finishedAt} />),
  },
  { key: 'queue', label: columns.queue, isHidden: true, render: ({ queue }) => queue ?? none },
  {
    key: 'provider',
    label: columns.provider,
    isHidden: true,
    render: ({ provider }) => provider ?? none,
  },
  {
    key: 'request',
    label: columns.request,
    isHidden: true,
    render: ({ providerRequestId: id }) => (id === null ? none : <Copyable text={id} />),
  },
  {
    key: 'id',
    label: columns.id,
    isHidden: true,
    render: ({ id }) => <CopyableId id={id} />,
  },
]

/** The state of an activity, with what a person should know beside it. */
export function ActivityLabels({ activity }: { activity: ActivityView }) {
  const { state, givingUp, maybeSent, paused } = activity
  const isWaiting = WAITING_STATES.has(state)
  return (
    <>
      <StateLabel kind={ACTIVITY_KINDS[state]} state={state} />
      {givingUp !== null && <Flag tone="failed">{flags.givingUp}</Flag>}
      {maybeSent && <Flag tone="waiting">{flags.maybeSent}</Flag>}
      {paused !== null && isWaiting && <Flag tone="waiting">{flags.paused}</Flag>}
    </>
  )
}
