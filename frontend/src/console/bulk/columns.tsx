import { Link } from '@tanstack/react-router'
import type { BulkView } from '../../api/types'
import { CopyableId } from '../parts/Id'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import classes from './Bulk.module.css'
import { SmallProgress } from './Progress'
import { BULK_KINDS } from './queries'
import { texts } from './texts'

const { columns, actions } = texts

/** The columns of the list of bulk jobs. */
export const BULK_COLUMNS: readonly Column<BulkView>[] = [
  {
    key: 'action',
    label: columns.action,
    isFixed: true,
    render: ({ id, action }) => (
      <Link to="/console/bulk/$id" params={{ id }}>
        {actions[action]}
      </Link>
    ),
  },
  {
    key: 'state',
    label: columns.state,
    render: ({ state }) => <StateLabel kind={BULK_KINDS[state]} state={state} />,
  },
  { key: 'progress', label: columns.progress, render: (job) => <SmallProgress job={job} /> },
  {
    key: 'refused',
    label: columns.refused,
    align: 'end',
    render: ({ refused }) => <span className="tabular">{refused}</span>,
  },
  {
    key: 'reason',
    label: columns.reason,
    render: ({ reason }) => (
      <span className={classes.reason} title={reason}>
        {reason}
      </span>
    ),
  },
  { key: 'actor', label: columns.actor, render: ({ actor, actorEmail }) => actorEmail ?? actor },
  { key: 'created', label: columns.created, render: ({ createdAt }) => <Time at={createdAt} /> },
  {
    key: 'updated',
    label: columns.updated,
    isHidden: true,
    render: ({ updatedAt }) => <Time at={updatedAt} />,
  },
  {
    key: 'id',
    label: columns.id,
    isHidden: true,
    render: ({ id }) => <CopyableId id={id} />,
  },
]
