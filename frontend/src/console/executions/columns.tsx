import type { ExecutionView } from '../../api/types'
import { CopyableId, Key, NumberedKey, ShortId } from '../parts/Id'
import { Copyable } from '../parts/Copyable'
import { ExecutionLink } from '../parts/ExecutionLink'
import { Money } from '../parts/Money'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import { texts } from './texts'

const { columns, none } = texts

/** The columns of the list of executions. */
export const EXECUTION_COLUMNS: readonly Column<ExecutionView>[] = [
  {
    key: 'key',
    label: columns.key,
    isFixed: true,
    render: ({ machine, id, key }) =>
      key === id ? (
        <Copyable text={id}>
          <ExecutionLink machine={machine} id={id}>
            <ShortId id={id} />
          </ExecutionLink>
        </Copyable>
      ) : (
        <ExecutionLink machine={machine} id={id}>
          {machine === 'order' ? <NumberedKey id={id}>{key}</NumberedKey> : <Key>{key}</Key>}
        </ExecutionLink>
      ),
  },
  {
    key: 'state',
    label: columns.state,
    render: ({ stateKind, state }) => <StateLabel kind={stateKind} state={state} />,
  },
  { key: 'machine', label: columns.machine, render: ({ machine }) => machine },
  {
    key: 'customer',
    label: columns.customer,
    render: ({ customer }) => customer?.email ?? none,
  },
  {
    key: 'amount',
    label: columns.amount,
    align: 'end',
    render: ({ amount, currency }) =>
      amount === null || currency === null ? none : <Money amount={amount} currency={currency} />,
  },
  {
    key: 'updated',
    label: columns.updated,
    sorts: ['changed'],
    render: ({ updatedAt }) => <Time at={updatedAt} />,
  },
  {
    key: 'created',
    label: columns.created,
    sorts: ['newest', 'oldest'],
    render: ({ createdAt }) => <Time at={createdAt} />,
  },
  {
    key: 'deadline',
    label: columns.deadline,
    isHidden: true,
    render: ({ deadlineAt }) => (deadlineAt === null ? none : <Time at={deadlineAt} />),
  },
  {
    key: 'poll',
    label: columns.poll,
    isHidden: true,
    render: ({ pollAt }) => (pollAt === null ? none : <Time at={pollAt} />),
  },
  {
    key: 'version',
    label: columns.version,
    align: 'end',
    isHidden: true,
    render: ({ version }) => <span className="tabular">{version}</span>,
  },
  {
    key: 'parent',
    label: columns.parent,
    isHidden: true,
    render: ({ parent }) => (parent === null ? none : <ExecutionLink {...parent} />),
  },
  {
    key: 'id',
    label: columns.id,
    isHidden: true,
    render: ({ id }) => <CopyableId id={id} />,
  },
]
