import { Link } from '@tanstack/react-router'
import type { OperatorLoginView } from '../../api/types'
import { ACTIVITY_KINDS } from '../activities/status'
import { CopyableId } from '../parts/Id'
import { ErrorCell } from '../parts/ErrorCell'
import { ConsoleLink } from '../parts/Links'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import classes from './Logins.module.css'
import { LOGIN_KINDS } from './queries'
import { ResendButton } from './ResendButton'
import { texts } from './texts'

const { columns, none } = texts

/** The columns of the list of logins. */
export const LOGIN_COLUMNS: readonly Column<OperatorLoginView>[] = [
  {
    key: 'email',
    label: columns.email,
    isFixed: true,
    render: ({ id, email }) => (
      <ConsoleLink url={`/console/executions/login/${id}`}>{email}</ConsoleLink>
    ),
  },
  {
    key: 'state',
    label: columns.state,
    render: ({ state }) => <StateLabel kind={LOGIN_KINDS[state]} state={state} />,
  },
  { key: 'delivery', label: columns.delivery, render: (login) => <Delivery login={login} /> },
  {
    key: 'wrongCodes',
    label: columns.wrongCodes,
    align: 'end',
    render: ({ wrongCodes }) => <span className="tabular">{wrongCodes}</span>,
  },
  { key: 'created', label: columns.created, render: ({ createdAt }) => <Time at={createdAt} /> },
  {
    key: 'deadline',
    label: columns.deadline,
    isHidden: true,
    render: ({ deadlineAt }) => (deadlineAt === null ? none : <Time at={deadlineAt} />),
  },
  {
    key: 'id',
    label: columns.id,
    isHidden: true,
    render: ({ id }) => <CopyableId id={id} />,
  },
  {
    key: 'action',
    label: columns.action,
    align: 'end',
    render: (login) => <ResendButton login={login} />,
  },
]

/** Whether the email with a code was sent, with a link to the call that sends it. */
function Delivery({ login: { delivery } }: { login: OperatorLoginView }) {
  if (delivery === null) return <span className={classes.none}>{texts.noDelivery}</span>
  return (
    <span className={classes.delivery}>
      <Link to="/console/activities/$id" params={{ id: delivery.activityId }}>
        <StateLabel kind={ACTIVITY_KINDS[delivery.state]} state={delivery.state} />
      </Link>
      {delivery.state === 'failed' ? (
        <ErrorCell error={delivery.lastError} />
      ) : (
        <span className={classes.none}>{texts.attempts(delivery.attempts)}</span>
      )}
    </span>
  )
}
