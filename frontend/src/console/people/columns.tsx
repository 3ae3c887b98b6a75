import { Link } from '@tanstack/react-router'
import type { UserRow } from '../../api/types'
import { CopyableId } from '../parts/Id'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import { fullName, STATUS_KINDS } from './queries'
import { RoleTags } from './RoleTags'
import { texts } from './texts'

const { columns, none } = texts

/** The columns of the list of people. */
export const PEOPLE_COLUMNS: readonly Column<UserRow>[] = [
  {
    key: 'email',
    label: columns.email,
    isFixed: true,
    render: ({ id, email }) => (
      <Link to="/console/people/$id" params={{ id }}>
        {email}
      </Link>
    ),
  },
  { key: 'name', label: columns.name, render: (user) => fullName(user) ?? none },
  {
    key: 'status',
    label: columns.status,
    render: ({ status }) => <StateLabel kind={STATUS_KINDS[status]} state={status} />,
  },
  {
    key: 'roles',
    label: columns.roles,
    render: ({ roles }) => (roles.length === 0 ? none : <RoleTags roles={roles} />),
  },
  {
    key: 'username',
    label: columns.username,
    isHidden: true,
    render: ({ username }) => username || none,
  },
  {
    key: 'created',
    label: columns.created,
    render: ({ createdAt }) => <Time at={createdAt} />,
  },
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
