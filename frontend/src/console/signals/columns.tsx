import { Link } from '@tanstack/react-router'
import type { SignalView } from '../../api/types'
import { SubjectLink } from '../parts/ExecutionLink'
import { CopyableId } from '../parts/Id'
import { ErrorCell } from '../parts/ErrorCell'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import { SIGNAL_KINDS } from './queries'
import { texts } from './texts'

const { columns, none } = texts

/** The columns of the inbox. */
export const SIGNAL_COLUMNS: readonly Column<SignalView>[] = [
  {
    key: 'kind',
    label: columns.kind,
    isFixed: true,
    render: ({ id, kind }) => (
      <Link to="/console/signals/$id" params={{ id }}>
        {kind}
      </Link>
    ),
  },
  {
    key: 'state',
    label: columns.state,
    render: ({ state }) => <StateLabel kind={SIGNAL_KINDS[state]} state={state} />,
  },
  { key: 'source', label: columns.source, render: ({ source }) => source },
  {
    key: 'external',
    label: columns.external,
    render: ({ externalId }) => <CopyableId id={externalId} />,
  },
  {
    key: 'subject',
    label: columns.subject,
    render: ({ subjectId }) => (subjectId === null ? none : <SubjectLink id={subjectId} />),
  },
  {
    key: 'error',
    label: columns.error,
    render: ({ lastError }) => <ErrorCell error={lastError} />,
  },
  {
    key: 'received',
    label: columns.received,
    render: ({ receivedAt }) => <Time at={receivedAt} />,
  },
  {
    key: 'applied',
    label: columns.applied,
    isHidden: true,
    render: ({ appliedAt }) => (appliedAt === null ? none : <Time at={appliedAt} />),
  },
  {
    key: 'attempts',
    label: columns.attempts,
    align: 'end',
    isHidden: true,
    render: ({ attempts }) => <span className="tabular">{attempts}</span>,
  },
  {
    key: 'id',
    label: columns.id,
    isHidden: true,
    render: ({ id }) => <CopyableId id={id} />,
  },
]
